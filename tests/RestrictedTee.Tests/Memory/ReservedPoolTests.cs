using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Firewall;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Memory;

/// <summary>
/// Reserved pools as trusted applications have them: the normal world gives a buffer out, registers it by its descriptor, and the
/// board's row of the trusted application decides the rest.
/// </summary>
public sealed class ReservedPoolTests
{
    private const string Heap = "protected,secure-video";
    private const ulong Start = 0x0f00_0000, Size = 1 << 20;

    public static TheoryData<ConduitAbi> Abis => [ConduitAbi.Smc, ConduitAbi.Ffa];

    [Theory]
    [MemberData(nameof(Abis))]
    public void A_ta_and_a_device_see_the_same_bytes_the_one_by_a_registered_buffer_the_other_by_its_address(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.ReservedBoard, abi: abi);
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle other = context.AllocateRestricted(Heap, 4096), buffer = context.AllocateRestricted(Heap, 5000);
        using SharedMemory memory = context.RegisterSharedMemory(buffer);
        byte[] secret = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 251))], seen = new byte[5000], dumped = new byte[5000];

        Assert.Equal(TeecResult.Success, Inject(context, memory, secret));

        BusPort decoder = Port(tee, FirewallBench.Decoder);
        Assert.True(decoder.TryOpen(BusAddress.Physical(Start + 4096), seen.Length, AccessRights.ReadWrite, out BusWindow window));
        using (window)
        {
            window.Bytes.CopyTo(seen);
            window.Bytes.Clear();
        }

        Assert.Equal(secret, seen);
        Assert.Equal(TeecResult.Success, Dump(context, memory, dumped));
        Assert.Equal(new byte[5000], dumped);
    }

    [Theory]
    [InlineData(BusRights.None, TeecResult.AccessDenied, TeecResult.AccessDenied)]
    [InlineData(BusRights.Read, TeecResult.AccessDenied, TeecResult.Success)]
    [InlineData(BusRights.ReadWrite, TeecResult.Success, TeecResult.Success)]
    public void What_a_ta_may_do_is_what_the_boards_row_says_and_nothing_is_left_of_a_refusal_but_its_record(BusRights rights, TeecResult inject, TeecResult dump)
    {
        using var tee = new InProcessTee(board: BoardWhereTasHave(rights));
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle buffer = context.AllocateRestricted(Heap, 4096);
        using SharedMemory memory = context.RegisterSharedMemory(buffer);
        byte[] seen = new byte[64];

        Assert.Equal((inject, dump), (Inject(context, memory, Filled(64)), Dump(context, memory, seen)));

        Assert.Equal(inject == TeecResult.Success ? Filled(64) : new byte[64], seen);
        Assert.Equal((inject == TeecResult.Success ? 0 : 1) + (dump == TeecResult.Success ? 0 : 1), tee.Os.Firewall.Faults.Count);
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void A_ta_without_the_secure_data_path_property_gets_nothing_of_a_registered_buffer(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.ReservedBoard, abi: abi);
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle buffer = context.AllocateRestricted(Heap, 4096);
        using SharedMemory memory = context.RegisterSharedMemory(buffer);
        using TeeSession crypt = context.OpenSession(Crypt.Uuid);

        TeecResult result = crypt.TryInvoke(
            Crypt.CommandSha256, new Operation(Parameter.Partial(memory, Direction.Input, 0, 64), Parameter.TempOutput(new byte[32])), out TeecOrigin origin);

        Assert.Equal((TeecResult.BadParameters, TeecOrigin.Tee), (result, origin));
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void A_buffer_that_was_asked_for_by_use_case_is_a_shared_memory_object_that_tas_are_given(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.ReservedBoard, abi: abi);
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle buffer = context.AllocateRestricted(UseCase.SecureVideoPlay, 5000);
        using SharedMemory memory = context.RegisterSharedMemory(buffer);
        byte[] seen = new byte[64];

        Assert.Equal((TeecResult.Success, TeecResult.Success), (Inject(context, memory, Filled(64)), Dump(context, memory, seen)));

        Assert.True(buffer.ShmId > 0);
        Assert.Equal(Filled(64), seen);
    }

    [Fact]
    public void A_reference_reaches_no_further_than_the_registered_buffer()
    {
        using var tee = new InProcessTee(board: InProcessTee.ReservedBoard);
        using TeeContext context = tee.OpenContext();
        ulong cookie = tee.Os.Restricted.Register(Pool(tee), PhysicalRange.Create(new PhysicalAddress(Start), 4096))!.Cookie;

        Assert.Equal(TeecResult.Success, ResultOf(tee, cookie, offset: 0, size: 4096));
        Assert.Equal(TeecResult.Security, ResultOf(tee, cookie, offset: 1, size: 4096));
        Assert.Equal(TeecResult.Security, ResultOf(tee, cookie, offset: ulong.MaxValue, size: 2));
        Assert.True(tee.Os.Restricted.Unregister(cookie));
        Assert.Equal(TeecResult.BadParameters, ResultOf(tee, cookie, offset: 0, size: 4096));
    }

    [Fact]
    public void Only_whole_pages_of_a_reserved_pool_are_registered()
    {
        using var tee = new InProcessTee(board: InProcessTee.ReservedBoard);
        var client = new ProtectedMemoryClient(tee.Driver);
        (ulong Address, ulong Size)[] refused =
        [
            (Start + 1, 4096), (Start, 4097), (Start - 4096, 8192), (Start + Size - 4096, 8192), (Start + Size, 4096), (Start, Size + 4096),
            (0x4000_0000, 4096), (0x0f40_0000, 4096), (0x0e10_0000, 4096), (ulong.MaxValue - 8191, 4096),
        ];

        foreach ((ulong address, ulong size) in refused)
            Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => client.Register(PhysicalRange.Create(new PhysicalAddress(address), size))).Errno);

        client.Unregister(client.Register(PhysicalRange.Create(new PhysicalAddress(Start), Size)));
        tee.AssertStillServes();
    }

    [Fact]
    public void Registrations_end_with_their_buffers_and_a_name_means_nothing_to_the_other_commands_of_the_driver()
    {
        using var tee = new InProcessTee(board: InProcessTee.ReservedBoard);
        using TeeContext context = tee.OpenContext();
        var client = new ProtectedMemoryClient(tee.Driver);
        DmaBufHandle buffer = context.AllocateRestricted(Heap, 4096);
        ulong cookie = ((LocalDmaBuf)buffer).Object.Cookie;

        client.Free(cookie);
        tee.Driver.Abi.UnregisterShm(cookie);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => client.Fix(cookie)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => client.SetDeviceAccess(cookie, 3, isGranted: false)).Errno);
        Assert.Equal(TeecResult.Success, ResultOf(tee, cookie, 0, 64));
        buffer.Dispose();

        Assert.Equal(TeecResult.BadParameters, ResultOf(tee, cookie, 0, 64));
    }

    [Fact]
    public void Nobody_labels_a_reserved_pool_since_a_label_would_not_hold_for_those_who_reach_it_by_address()
    {
        using var bench = new FirewallBench(InProcessTee.ReservedBoard);
        RestrictedBuffer pool = bench.Memory.FindReserved(PhysicalRange.Create(new PhysicalAddress(Start), 4096))!;

        Assert.Equal(ClaimOutcome.ClaimedByAnother, bench.Rules.TryClaim(FirewallBench.SecureTa, instance: 1, pool, []));
        Assert.Equal(ClaimOutcome.ClaimedByAnother, bench.Rules.TryClaim(FirewallBench.Decoder, pool, Claim.OfDevice(FirewallBench.Decoder.Id, [])));

        Assert.Null(pool.Label);
        Assert.Equal(2, bench.Rules.Faults.Count);
    }

    [Fact]
    public void A_client_is_charged_for_what_its_buffers_take_up_so_that_alignment_does_not_get_it_past_its_limit()
    {
        BoardFile board = InProcessTee.ReservedBoard with
        {
            Pools = [.. InProcessTee.ReservedBoard.Pools.Select(pool => pool.IsReserved ? pool with { Alignment = 64 << 10, ClientLimit = 128 << 10, Limit = 256 << 10 } : pool)],
        };
        using var tee = new InProcessTee(board: board);
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle first = context.AllocateRestricted(Heap, 4096), second = context.AllocateRestricted(Heap, 4096);

        Assert.Equal(Errno.EAGAIN, Assert.Throws<TeeDriverException>(() => context.AllocateRestricted(Heap, 4096)).Errno);

        HeapInfo heap = context.Heaps.Single(heap => heap.Name == Heap);
        Assert.Equal((128UL << 10, 128UL << 10, 256UL << 10, 128UL << 10, 128UL << 10), (heap.Used, heap.Charged, heap.Limit, heap.ClientLimit, Assert.Single(heap.Clients).Usage.Used));
    }

    private static BoardFile BoardWhereTasHave(BusRights rights) => InProcessTee.ReservedBoard with
    {
        BusMasters = [.. InProcessTee.ReservedBoard.BusMasters.Select(master => master.Name == BusMasterNames.TrustedApp
            ? master with { Rights = new Dictionary<UseCase, BusRights> { [UseCase.SecureVideoPlay] = rights } }
            : master)],
    };

    private static byte[] Filled(int size) => [.. Enumerable.Repeat((byte)0x5a, size)];

    private static TeecResult Inject(TeeContext context, SharedMemory memory, byte[] from)
    {
        using TeeSession sdp = context.OpenSession(SdpBasic.Uuid);
        return sdp.TryInvoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(from), Parameter.Partial(memory, Direction.Output, 0, from.Length)), out _);
    }

    private static TeecResult Dump(TeeContext context, SharedMemory memory, byte[] to)
    {
        using TeeSession sdp = context.OpenSession(SdpBasic.Uuid);
        return sdp.TryInvoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(memory, Direction.Input, 0, to.Length), Parameter.TempOutput(to)), out _);
    }

    private static RestrictedBuffer Pool(InProcessTee tee) => tee.Os.Restricted.FindReserved(PhysicalRange.Create(new PhysicalAddress(Start), Size))!;

    private static BusPort Port(InProcessTee tee, BusMaster master) => new(master, tee.Os.Firewall, tee.Os.Relayer, tee.Os.Restricted);

    /// <summary>What the TEE says to a call of sdp_basic with a reference by a cookie, as a driver of another kind might send it.</summary>
    private static TeecResult ResultOf(InProcessTee tee, ulong cookie, ulong offset, ulong size)
    {
        OpteeMessage open = default;
        open.Arg.Command = (uint)OpteeMsgCommand.OpenSession;
        open.Arg.ParameterCount = 2;
        open.Params[0].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        open.Params[1].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref open.Params[0], SdpBasic.Uuid);
        Assert.True(tee.Driver.TryCall(ref open));
        Assert.Equal(0u, open.Arg.Result);
        OpteeMessage invoke = default;
        invoke.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
        invoke.Arg.Session = open.Arg.Session;
        invoke.Arg.Function = SdpBasic.CommandTransform;
        invoke.Arg.ParameterCount = 1;
        invoke.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemInOut, A = offset, B = size, C = cookie };
        Assert.True(tee.Driver.TryCall(ref invoke));
        OpteeMessage close = default;
        close.Arg.Command = (uint)OpteeMsgCommand.CloseSession;
        close.Arg.Session = open.Arg.Session;
        Assert.True(tee.Driver.TryCall(ref close));
        return (TeecResult)invoke.Arg.Result;
    }
}
