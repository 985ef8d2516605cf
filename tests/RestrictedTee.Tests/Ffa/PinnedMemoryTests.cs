using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Ffa;

/// <summary>Memory that a partition works on is taken away on another CPU: nothing that has gone is touched, and nobody waits for ever.</summary>
public sealed class PinnedMemoryTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly InProcessTee _tee = new(abi: ConduitAbi.Ffa);
    private readonly FfaUserDevice _ffa;
    private readonly PartitionId _partition;

    public PinnedMemoryTests()
    {
        _ffa = new FfaUserDevice(_tee.Driver);
        _partition = _ffa.GetPartitionId(EchoPartitions.Uuid1);
    }

    public void Dispose() => _tee.Dispose();

    [Theory]
    [InlineData(FfaFunction.MemShare64, EchoPartitions.RetrieveHow.None)]
    [InlineData(FfaFunction.MemLend64, EchoPartitions.RetrieveHow.Alone)]
    public async Task A_page_that_was_taken_away_while_a_proxied_call_yielded_is_not_touched_again(uint function, EchoPartitions.RetrieveHow how)
    {
        using FfaMemory page = _ffa.Allocate(1);
        FfaFrame.Of(FfaFunction.Yield).AsReadOnlyBytes().CopyTo(page.Span);
        MemoryHandle handle = page.Send(function, FfaMemoryFlags.None, new FfaReceiver(_partition, FfaAccess.ReadWrite));
        Assert.Equal(EchoPartitions.Ok, _ffa.Send(_partition, EchoPartitions.CommandRetrieve, handle.Low, handle.High, _ffa.Id.Value, (uint)how)[0]);
        using FfaCpu cpu = _ffa.EnterCpu();
        ulong address = page.Range.Start.Value;
        SmcFrame yielded = cpu.Call(FfaFrame.Of(
            FfaFunction.MsgSendDirectReq32, ((uint)_ffa.Id.Value << 16) | _partition.Value, w3: EchoPartitions.CommandProxy, w4: unchecked((uint)address), w5: (uint)(address >> 32)));
        Assert.Equal(FfaFunction.Yield, yielded.A0);

        Task<uint> taken = Task.Run(() =>
        {
            uint answer = _ffa.Send(_partition, EchoPartitions.CommandRelinquish, handle.Low, handle.High)[0];
            page.Reclaim(handle);
            page.Span.Clear();
            return answer;
        });
        Assert.Equal(EchoPartitions.Ok, await taken.WaitAsync(Deadline)); // else the partition holds its lock over the call that yielded
        SmcFrame answer = cpu.Call(FfaFrame.Of(FfaFunction.Run, yielded.A1));

        Assert.Equal((FfaFunction.MsgSendDirectResp32, EchoPartitions.Failed), (answer.A0, answer.A3));
        Assert.False(page.Span.ContainsAnyExcept((byte)0), "the answer was written to memory that is not the partition's any more");
        _tee.AssertStillServes();
    }

    [Fact]
    public void Two_partitions_that_pass_calls_on_to_each_other_do_not_wait_for_each_other()
    {
        const int Rounds = 20_000;
        using var world = new SpmcWorld(mapsPartitionBuffers: false);
        int failures = 0;

        void Run(int mine)
        {
            SpmcWorld.Actor self = world.Echo[mine], other = world.Echo[1 - mine];
            // The request that is passed on makes the other use its own buffers, for a handle that does not exist.
            SmcFrame passedOn = FfaFrame.Of(FfaFunction.MsgSendDirectReq32, ((uint)self.Id.Value << 16) | other.Id.Value, w3: EchoPartitions.CommandRetrieve, w4: 0xDEAD);
            for (int i = 0; i < Rounds; i++)
            {
                world.TryWrite(self, self.Page(0), 0);
                Assert.True(world.Relayer.Access.TryWrite(self.Id, self.Page(0), passedOn.AsReadOnlyBytes()));
                if (Proxy(world, self, self.Page(0).Value, cpu: mine).A3 != EchoPartitions.Ok)
                    Interlocked.Increment(ref failures);
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, 2).Select(mine => new Thread(() => Run(mine)))];
        Array.ForEach(threads, thread => thread.Start());

        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "two secure threads wait for each other"));
        Assert.Equal(0, failures);
    }

    internal static SmcFrame Proxy(SpmcWorld world, SpmcWorld.Actor partition, ulong page, int cpu) => Ask(
        world, partition, cpu, EchoPartitions.CommandProxy, unchecked((uint)page), (uint)(page >> 32));

    internal static SmcFrame Ask(SpmcWorld world, SpmcWorld.Actor partition, int cpu, uint command, uint w1 = 0, uint w2 = 0, uint w3 = 0, uint w4 = 0) => world.Call(
        world.NormalWorld, FfaFrame.Of(FfaFunction.MsgSendDirectReq32, partition.Id.Value, w3: command, w4: w1, w5: w2, w6: w3, w7: w4), cpu);
}
