using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Ffa;

/// <summary>What a program of the normal world may get wrong with FF-A memory and CPUs, and what becomes of them then.</summary>
public sealed class FfaUserDeviceTests : IDisposable
{
    private readonly InProcessTee _tee = new(abi: ConduitAbi.Ffa);
    private readonly FfaUserDevice _ffa;
    private readonly PartitionId _partition;

    public FfaUserDeviceTests()
    {
        _ffa = new FfaUserDevice(_tee.Driver);
        _partition = _ffa.GetPartitionId(EchoPartitions.Uuid1);
    }

    public void Dispose() => _tee.Dispose();

    [Fact]
    public void Disposed_memory_that_was_still_shared_is_taken_back_and_used_again()
    {
        ulong first;
        using (FfaMemory memory = _ffa.Allocate(1))
        {
            memory.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(_partition, FfaAccess.ReadWrite));
            first = memory.Range.Start.Value;
        }

        using FfaMemory again = _ffa.Allocate(1);
        Assert.Equal(first, again.Range.Start.Value);
        again.Reclaim(again.Send(FfaFunction.MemLend64, FfaMemoryFlags.None, new FfaReceiver(_partition, FfaAccess.ReadWrite)));
    }

    [Theory]
    [InlineData(FfaFunction.MemLend64)]
    [InlineData(FfaFunction.MemDonate64)]
    public void Disposed_memory_that_a_partition_holds_is_not_used_for_anything_else(uint function)
    {
        ulong away;
        using (FfaMemory memory = _ffa.Allocate(1))
        {
            var access = function == FfaFunction.MemLend64 ? FfaAccess.ReadWrite : FfaAccess.NotSpecified;
            MemoryHandle handle = memory.Send(function, FfaMemoryFlags.None, new FfaReceiver(_partition, access));
            uint[] answer = _ffa.Send(_partition, EchoPartitions.CommandRetrieve, handle.Low, handle.High, _ffa.Id.Value, (uint)EchoPartitions.RetrieveHow.Alone);
            Assert.Equal(EchoPartitions.Ok, answer[0]);
            away = memory.Range.Start.Value;
        }

        using FfaMemory other = _ffa.Allocate(1);
        Assert.NotEqual(away, other.Range.Start.Value);
        other.Reclaim(other.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(_partition, FfaAccess.ReadWrite)));
    }

    [Fact]
    public void A_cpu_that_is_left_twice_is_given_back_once()
    {
        FfaCpu left = _ffa.EnterCpu();
        left.Dispose();
        left.Dispose();

        using FfaCpu one = _ffa.EnterCpu(), other = _ffa.EnterCpu();
        Assert.NotEqual(one.Number, other.Number);
        Assert.Throws<ObjectDisposedException>(() => left.Call(default));
    }
}
