using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Memory;

/// <summary>Pools that are normal RAM until they are needed, over both conduit ABIs.</summary>
public sealed class DynamicPoolTests
{
    public static TheoryData<ConduitAbi> Abis => [ConduitAbi.Smc, ConduitAbi.Ffa];

    [Theory]
    [MemberData(nameof(Abis))]
    public void A_pool_is_lent_on_the_first_allocation_and_comes_back_after_the_last_free(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard, abi: abi);
        using TeeContext context = tee.OpenContext();
        Assert.Equal(("dynamic", "not lent", 1UL << 20, 0UL), (context.Heaps[0].Kind, context.Heaps[0].Protection, context.Heaps[0].LargestFree, context.Heaps[0].Used));

        DmaBufHandle first = context.AllocateRestricted(UseCase.SecureVideoPlay, 5000);
        DmaBufHandle second = context.AllocateRestricted(UseCase.SecureVideoPlay, 5000);
        Assert.NotEqual("not lent", context.Heaps[0].Protection);
        Assert.Equal((16384UL, 2), (context.Heaps[0].Used, context.Heaps[0].Buffers));
        first.Dispose();
        Assert.NotEqual("not lent", context.Heaps[0].Protection);
        second.Dispose();

        Assert.Equal("not lent", context.Heaps[0].Protection);
        Assert.Equal("not lent", context.Heaps[1].Protection);
        Assert.Null(PoolOf(tee).Range);
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void What_a_ta_writes_to_lent_memory_the_normal_world_never_sees(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard, abi: abi);
        using TeeContext context = tee.OpenContext();
        using TeeSession sdp = context.OpenSession(SdpBasic.Uuid);
        PhysicalRange range;
        byte[] secret = [.. Enumerable.Range(0, 20_000).Select(i => (byte)(1 + (i % 255)))];
        using (DmaBufHandle buffer = context.AllocateRestricted(UseCase.SecureVideoPlay, secret.Length))
        using (SharedMemory memory = context.RegisterSharedMemory(buffer))
        {
            range = PoolOf(tee).Range!.Value;
            Assert.Equal(0UL, range.Start.Value % InProcessTee.DynamicBoard.Pools[0].Alignment);
            View(tee, range).Fill(0xEE); // what the normal world writes there now is its own, and is gone when the memory comes back
            sdp.Invoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(secret), Parameter.Partial(memory, Direction.Output, 0, secret.Length)));

            Assert.False(View(tee, range).ContainsAnyExcept((byte)0xEE));
            byte[] found = new byte[secret.Length];
            sdp.Invoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(memory, Direction.Input, 0, secret.Length), Parameter.TempOutput(found)));
            Assert.Equal(secret, found);
        }

        Assert.False(View(tee, range).ContainsAnyExcept((byte)0));
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void Allocations_that_race_share_one_lend_and_leave_none(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard, abi: abi);
        using TeeContext context = tee.OpenContext();
        int allocated = 0;
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        void Run(int seed)
        {
            var random = new Random(seed);
            for (int round = 0; round < 150; round++)
            {
                try
                {
                    using DmaBufHandle buffer = context.AllocateRestricted(random.Next(4) == 0 ? UseCase.TrustedUi : UseCase.SecureVideoPlay, 1 + random.Next(40_000));
                    Interlocked.Increment(ref allocated);
                    if (random.Next(3) == 0)
                        Thread.Yield();
                    if (round % 10 == 0)
                    {
                        // A context of its own, with shared and with registered memory, closed while they are there.
                        using TeeContext mine = tee.OpenContext();
                        mine.AllocateSharedMemory(1 + random.Next(20_000));
                        mine.RegisterSharedMemory(buffer);
                    }
                }
                catch (Exception e)
                {
                    failures.Enqueue(e.Message);
                }
            }
        }

        Thread[] threads = [.. Enumerable.Range(1, 5).Select(seed => new Thread(() => Run(seed)))];
        Array.ForEach(threads, thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs"));

        Assert.Empty(failures);
        Assert.Equal(5 * 150, allocated);
        Assert.All(context.Heaps.Where(heap => heap.Kind == "dynamic"), heap => Assert.Equal(("not lent", 0, 0UL), (heap.Protection, heap.Buffers, heap.Used)));
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void A_client_that_is_closed_with_buffers_gives_their_memory_back(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard, abi: abi);
        using TeeContext watcher = tee.OpenContext();
        var device = new TeeDevice(tee.Host, ClientIdentity.Self);
        DmaBufHandle buffer = device.AllocateRestricted(UseCase.SecureVideoPlay, 5000);
        ITeeShm registered = device.RegisterShmFd(buffer);
        buffer.Dispose();
        Assert.NotEqual("not lent", watcher.Heaps[0].Protection);

        device.Dispose();

        Assert.Equal("not lent", watcher.Heaps[0].Protection);
        Assert.Throws<ObjectDisposedException>(() => registered.Span.Length);
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void The_configuration_is_told_and_first_its_size(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard, abi: abi);
        using ShmBlock buffer = tee.Driver.Shm.Allocate(4096);
        ulong cookie = tee.Driver.Abi.RegisterShm(buffer.Range);
        OpteeMsgParam Memref(ulong size) => new() { Attr = (ulong)OpteeMsgAttr.RmemOutput, B = size, C = cookie };

        OpteeMessage query = Configure(tee, UseCase.SecureVideoPlay, tee.Driver.Abi.NullMemref((ulong)OpteeMsgAttr.RmemOutput));
        Assert.Equal((TeecResult.ShortBuffer, 4UL), ((TeecResult)query.Arg.Result, query.Params[1].B));
        Assert.Equal((1UL << 20, 64UL << 10, 64UL), (query.Params[0].A, query.Params[0].B, query.Params[0].C));
        Assert.Equal(TeecResult.ShortBuffer, (TeecResult)Configure(tee, UseCase.SecureVideoPlay, Memref(3)).Arg.Result);
        OpteeMessage full = Configure(tee, UseCase.SecureVideoPlay, Memref(64));
        Assert.Equal((TeecResult.Success, 4UL), ((TeecResult)full.Arg.Result, full.Params[1].B));
        Assert.Equal(0x0002_8001u, BitConverter.ToUInt32(buffer.Span));

        Assert.Equal(TeecResult.BadParameters, (TeecResult)Configure(tee, UseCase.SecureVideoRecord, Memref(64)).Arg.Result);
        Assert.Equal(TeecResult.BadParameters, (TeecResult)Configure(tee, (UseCase)99, Memref(64)).Arg.Result);
        Assert.Equal(TeecResult.BadParameters, (TeecResult)Configure(tee, UseCase.SecureVideoPlay, new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput }).Arg.Result);
        using var fixedPools = new InProcessTee(abi: abi);
        Assert.Equal(TeecResult.NotSupported, (TeecResult)Configure(fixedPools, UseCase.SecureVideoPlay, fixedPools.Driver.Abi.NullMemref((ulong)OpteeMsgAttr.RmemOutput)).Arg.Result);
    }

    [Fact]
    public void A_lend_over_smc_is_refused_unless_the_range_is_whole_free_normal_ram_as_it_is_wanted()
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard);
        using ShmBlock block = tee.Driver.Shm.AllocateForLending(3 << 20);
        const ulong Size = 1 << 20;
        ulong start = Aligned(block, Size).Start.Value;

        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, start + 4096, Size, 7)); // misaligned
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, start, Size - 0x10000, 7)); // too small
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, start, Size + 4096, 7)); // no multiple of the alignment
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 3, start, Size, 7)); // no pool
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, 0x1000_0000, Size, 7)); // no RAM
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, tee.Board.SecureRam.Base, Size, 7));
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, tee.Board.NormalRam.Base, Size, 7)); // the reserved shm
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, tee.Board.NormalRam.Base + tee.Board.NormalRam.Size - 0x10000, Size, 7)); // leaves its bank
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, 0xFFFF_FFFF_FFFF_0000, Size, 7)); // wraps
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, start, 0, 7));
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, start, Size, 0)); // no name

        ulong shm = tee.Driver.Abi.RegisterShm(PhysicalRange.Create(new PhysicalAddress(start + Size - 4096), 4096));
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, start, Size, 7)); // overlaps registered shm
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, start, Size, shm)); // a name that is taken
        tee.Driver.Abi.UnregisterShm(shm);

        Assert.Equal(TeecResult.Success, Lend(tee, 1, start, Size, 7));
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, start + 0x10000, Size, 8)); // overlaps a lend
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 2, start, Size, 8));
        Assert.Equal(TeecResult.BadParameters, Lend(tee, 1, start + Size, Size, 7)); // a name that is taken
        Assert.Equal(TeecResult.Success, Lend(tee, 1, start + Size, Size, 8)); // a pool may be lent more than one range
        Assert.Equal(TeecResult.Success, Reclaim(tee, 7));
        Assert.Equal(TeecResult.BadParameters, Reclaim(tee, 7)); // it is not there any more
        Assert.Equal(TeecResult.Success, Reclaim(tee, 8));
        Assert.Equal(TeecResult.Success, Lend(tee, 1, start, Size, 7));
        Assert.Equal(TeecResult.Success, Reclaim(tee, 7));
    }

    [Fact]
    public void Lent_memory_is_no_place_for_shm_nor_for_messages()
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard);
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle buffer = context.AllocateRestricted(UseCase.SecureVideoPlay, 5000);
        PhysicalRange lent = PoolOf(tee).Range!.Value;

        Assert.Throws<TeeDriverException>(() => tee.Driver.Abi.RegisterShm(PhysicalRange.Create(lent.Start, 4096)));
        Assert.Equal(OpteeSmc.ReturnEBadAddr, tee.Smc(OpteeSmc.CallWithArg, lent.Start.Value >> 32, lent.Start.Value & uint.MaxValue));
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void Memory_is_not_given_back_while_a_buffer_lives_in_it(ConduitAbi abi)
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard, abi: abi);
        IOpteeAbi driver = tee.Driver.Abi;
        using ShmBlock block = tee.Driver.Shm.AllocateForLending(2 << 20);
        PhysicalRange range = Aligned(block, 1 << 20);
        ulong name = driver.Lend(UseCase.SecureVideoPlay, range, [0x0002_8001]);
        var client = new ProtectedMemoryClient(tee.Driver);
        ulong cookie = client.Allocate(UseCase.SecureVideoPlay, 5000);

        Assert.Equal(Errno.EBUSY, Assert.Throws<TeeDriverException>(() => driver.Reclaim(name)).Errno);
        client.Free(cookie);
        driver.Reclaim(name);

        Assert.Throws<TeeDriverException>(() => client.Allocate(UseCase.SecureVideoPlay, 5000));
    }

    [Fact]
    public void Over_ffa_a_reference_by_the_lends_handle_must_lie_inside_one_buffer()
    {
        using var tee = new InProcessTee(board: InProcessTee.DynamicBoard, abi: ConduitAbi.Ffa);
        using ShmBlock block = tee.Driver.Shm.AllocateForLending(2 << 20);
        PhysicalRange range = Aligned(block, 1 << 20);
        ulong name = tee.Driver.Abi.Lend(UseCase.SecureVideoPlay, range, [0x0002_8001]);
        var client = new ProtectedMemoryClient(tee.Driver);
        ulong cookie = client.Allocate(UseCase.SecureVideoPlay, 8192);
        Assert.Equal(range.Start.Value, client.Fix(cookie));
        using TeeContext context = tee.OpenContext();
        uint session = OpenSdp(tee);
        TeecResult Inject(ulong offset, ulong size)
        {
            using ShmBlock source = tee.Driver.Shm.Allocate(size);
            ulong shm = tee.Driver.Abi.RegisterShm(source.Range);
            var message = default(OpteeMessage);
            message.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
            message.Arg.Function = SdpBasic.CommandInject;
            message.Arg.Session = session;
            message.Arg.ParameterCount = 2;
            message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemInput, B = size, C = shm };
            message.Params[1] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemOutput, A = offset, B = size, C = name };
            Assert.True(tee.Driver.TryCall(ref message));
            tee.Driver.Abi.UnregisterShm(shm);
            return (TeecResult)message.Arg.Result;
        }

        Assert.Equal(TeecResult.Success, Inject(0, 8192));
        Assert.Equal(TeecResult.Success, Inject(4096, 100));
        Assert.Equal(TeecResult.BadParameters, Inject(4096, 4097)); // leaves the buffer
        Assert.Equal(TeecResult.BadParameters, Inject(8192, 1)); // free memory of the pool
        Assert.Equal(TeecResult.Security, Inject(1 << 20, 1)); // leaves the lend
        client.Free(cookie);
        Assert.Equal(TeecResult.BadParameters, Inject(0, 100));
        tee.Driver.Abi.Reclaim(name);
    }

    private static DynamicPool PoolOf(InProcessTee tee) => (DynamicPool)tee.Host.Heaps.All[0].BackEnd;

    private static Span<byte> View(InProcessTee tee, PhysicalRange range) => tee.Bank.GetSpan(range.Start.Value - tee.Bank.Range.Start.Value, (int)range.Length);

    /// <summary>A range of a block as the pool wants it: aligned to 64 KiB.</summary>
    private static PhysicalRange Aligned(ShmBlock block, ulong size) => PhysicalRange.Create(new PhysicalAddress((block.Address.Value + 0xFFFF) & ~0xFFFFUL), size);

    private static uint OpenSdp(InProcessTee tee)
    {
        OpteeMessage message = RawMessages.OpenSession(SdpBasic.Uuid);
        Assert.True(tee.Driver.TryCall(ref message));
        return message.Arg.Session;
    }

    private static OpteeMessage Configure(InProcessTee tee, UseCase useCase, OpteeMsgParam buffer)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.GetProtmemConfig;
        message.Arg.ParameterCount = 2;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInOut, A = (uint)useCase };
        message.Params[1] = buffer;
        Assert.True(tee.Driver.TryCall(ref message));
        return message;
    }

    private static TeecResult Lend(InProcessTee tee, uint useCase, ulong start, ulong size, ulong cookie)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.LendProtmem;
        message.Arg.ParameterCount = 2;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = useCase };
        message.Params[1] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.TmemInput, A = start, B = size, C = cookie };
        Assert.True(tee.Driver.TryCall(ref message));
        return (TeecResult)message.Arg.Result;
    }

    private static TeecResult Reclaim(InProcessTee tee, ulong cookie)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.ReclaimProtmem;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemInput, C = cookie };
        Assert.True(tee.Driver.TryCall(ref message));
        return (TeecResult)message.Arg.Result;
    }
}
