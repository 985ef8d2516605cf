using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Ranges that are lent, assigned and taken back at the same moment.</summary>
public sealed class LentMemoryInterleavingTests : IDisposable
{
    private const ulong Size = 256 << 10; // what the board's pool for trusted UI takes at least
    private const ulong Cookie = 7;

    private readonly NormalRamMap _ram = new();
    private readonly MemoryObjectTable _objects = new();
    private readonly MemoryRelayer _relayer;
    private readonly RestrictedMemory _restricted;
    private readonly LentMemory _lent;

    public LentMemoryInterleavingTests()
    {
        BoardFile board = InProcessTee.DynamicBoard;
        _ram.TryPlug(RamBank.Create(board.NormalRam.Range, "interleaving"));
        _relayer = new MemoryRelayer(_ram, SecretMemoryChoice.Off);
        _restricted = new RestrictedMemory(board, SecretMemoryChoice.Off, _objects);
        _lent = new LentMemory(_relayer, _restricted, _objects);
    }

    public static TheoryData<string> Operations => ["Lend", "Reclaim", "Assign", "Release"];

    public void Dispose()
    {
        _relayer.Dispose();
        _restricted.Dispose();
        _ram.Dispose();
    }

    [InterleavingFact]
    public void Of_two_that_lend_under_one_name_the_second_hears_that_it_is_taken()
    {
        TeeResult first = default, second = default;

        Scheduler.Interleave("LentMemory.Lend", () => first = Lend(0, Cookie), () => second = Lend(1, Cookie));

        Assert.Equal((TeeResult.Success, TeeResult.BadParameters), (first, second));
        Assert.Equal(1, _relayer.Count);
    }

    [InterleavingFact]
    public void A_range_is_taken_back_once()
    {
        Assert.Equal(TeeResult.Success, Lend(0, Cookie));
        TeeResult first = default, second = default;

        Scheduler.Interleave("LentMemory.Remove", () => first = _lent.Reclaim(Cookie), () => second = _lent.Reclaim(Cookie));

        Assert.Equal((TeeResult.Success, TeeResult.ItemNotFound), (first, second));
        Assert.Equal(0, _relayer.Count);
    }

    [InterleavingTheory]
    [MemberData(nameof(Operations))]
    public void Nothing_gets_in_between_seeing_that_a_range_may_be_lent_and_lending_it(string operation) =>
        Scheduler.AssertExcludes("LentMemory.Lend", () => Lend(0, Cookie), operation switch
        {
            "Lend" => () => Lend(1, Cookie + 1),
            "Reclaim" => () => _lent.Reclaim(Cookie),
            "Assign" => () => _lent.Assign(new MemoryHandle(1), UseCase.TrustedUi),
            _ => () => _lent.Release(new MemoryHandle(1)),
        });

    private TeeResult Lend(int index, ulong cookie) =>
        _lent.Lend(UseCase.TrustedUi, PhysicalRange.Create(new PhysicalAddress(InProcessTee.DynamicBoard.NormalRam.Base + ((ulong)index * Size)), Size), cookie);
}
