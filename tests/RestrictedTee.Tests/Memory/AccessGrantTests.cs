using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Memory;

/// <summary>Invariant 1: access is checked when memory is used, and a claim and an access exclude each other.</summary>
public sealed class AccessGrantTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly Guid Holding = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e010");
    private static readonly Guid Greedy = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e011");

    private readonly InProcessTee _tee = new(threads: 6);
    private readonly TeeContext _context;
    private readonly DmaBufHandle _handle;
    private readonly SharedMemory _buffer;
    private readonly SharedMemory _arrived;
    private readonly CancellationTokenSource _enough = new();

    public AccessGrantTests()
    {
        _context = _tee.OpenContext();
        _handle = _context.AllocateRestricted("protected,secure-video", 4096);
        _buffer = _context.RegisterSharedMemory(_handle);
        _arrived = _context.AllocateSharedMemory(4096, Direction.InOut);
    }

    public void Dispose()
    {
        _arrived.Dispose();
        _buffer.Dispose();
        _handle.Dispose();
        _context.Dispose();
        _tee.Dispose();
        _enough.Dispose();
    }

    [Fact]
    public async Task Invariant_1_a_call_that_waits_for_its_turn_gets_nothing_of_a_buffer_that_is_claimed_meanwhile()
    {
        using TeeSession holder = _context.OpenSession(Holding);
        using TeeSession dumper = _context.OpenSession(Holding);
        Task hold = Start(holder, 0, Parameter.Partial(_arrived, Direction.Output, 0, 1));
        byte[] loot = new byte[64];
        TeecResult answer = default;
        var dump = new Thread(() => answer = dumper.TryInvoke(2, new Operation(Parameter.Partial(_buffer, Direction.Input, 0, 64), Parameter.TempOutput(loot)), out _));
        dump.Start();
        Assert.True(SpinWait.SpinUntil(() => dump.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Deadline));

        using TeeSession decryptor = Decrypt(out TeecResult decrypted);
        await _enough.CancelAsync();

        Assert.True(dump.Join(Deadline));
        await hold.WaitAsync(Deadline);
        Assert.Equal((TeecResult.Success, TeecResult.AccessDenied), (decrypted, answer));
        Assert.All(loot, b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task A_buffer_that_another_ta_is_using_cannot_be_claimed_until_it_has_done()
    {
        using TeeSession holder = _context.OpenSession(Holding);
        Task hold = Start(holder, 1, Parameter.Partial(_arrived, Direction.Output, 0, 1), Parameter.Partial(_buffer, Direction.Input, 0, 64));

        using (Decrypt(out TeecResult whileHeld))
            Assert.Equal(TeecResult.Busy, whileHeld);
        await _enough.CancelAsync();
        await hold.WaitAsync(Deadline);

        using (Decrypt(out TeecResult afterwards))
            Assert.Equal(TeecResult.Success, afterwards);
    }

    [Fact]
    public void A_reference_to_no_bytes_claims_nothing()
    {
        using TeeSession greedy = _context.OpenSession(Greedy);

        TeecResult claimed = greedy.TryInvoke(0, new Operation(Parameter.Partial(_buffer, Direction.Output, 0, 0)), out _);

        Assert.Equal(TeecResult.BadParameters, claimed);
        using (Decrypt(out TeecResult decrypted))
            Assert.Equal(TeecResult.Success, decrypted);
    }

    [Fact]
    public void A_block_of_no_bytes_is_charged_for_what_it_takes_up()
    {
        using TeeSession greedy = _context.OpenSession(Greedy);

        TeecResult outOfQuota = greedy.TryInvoke(1, null, out TeecOrigin origin);

        using TeeSession other = _context.OpenSession(Greedy);
        Assert.Equal(TeecResult.OutOfMemory, outOfQuota);
        Assert.NotEqual(TeecOrigin.Comms, origin);
        other.Invoke(2);
    }

    private Task Start(TeeSession session, uint command, params Parameter[] parameters)
    {
        Task call = session.InvokeAsync(command, new Operation(parameters), _enough.Token);
        Assert.True(SpinWait.SpinUntil(() => _arrived.Span[0] == 1, Deadline), "The call does not reach its TA.");
        return call;
    }

    /// <summary>Writes content into the buffer, which claims it.</summary>
    private TeeSession Decrypt(out TeecResult result)
    {
        TeeSession decryptor = _context.OpenSession(ContentDecryptor.Uuid);
        decryptor.Invoke(
            ContentDecryptor.CommandInstallKey,
            new Operation(Parameter.ValueInput(ContentDecryptor.ModeCtr), Parameter.TempInput(new byte[16]), Parameter.TempInput(new byte[16]), Parameter.ValueInput(0, 64)));
        result = decryptor.TryInvoke(ContentDecryptor.CommandDecrypt, new Operation(Parameter.TempInput(new byte[64]), Parameter.Partial(_buffer, Direction.Output, 0, 64)), out _);
        return decryptor;
    }
}
