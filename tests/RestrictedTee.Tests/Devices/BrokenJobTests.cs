using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Interleaving;

namespace RestrictedTee.Tests.Devices;

/// <summary>What is left of a job that does not come to its end: nothing of what it wrote, and all of what others did.</summary>
public sealed class BrokenJobTests : IDisposable
{
    private const int Burst = BusPort.MaxBurst;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly DeviceBench _bench = new(BusMasterNames.CryptoEngine);

    public void Dispose() => _bench.Dispose();

    [InterleavingFact]
    public void A_revocation_that_is_taken_back_before_the_next_burst_has_still_broken_the_job()
    {
        RestrictedBuffer output = _bench.Allocate(2 * Burst);
        _bench.Tee.Bank.GetSpan(SourceOffset, 2 * Burst).Fill(7);

        // Descriptor, source, destination, and then the source of the second burst.
        DeviceResult result = _bench.RunWith(
            at =>
            {
                if (at != 4)
                    return;
                _bench.Access.Revoke(_bench.Master.Id, output);
                _bench.Access.Restore(_bench.Master.Id, output);
            },
            Copy(Source, _bench.Map(output, AccessRights.Write), 2 * Burst));

        Assert.Equal(DeviceResult.BusError, result);
        Assert.False(DeviceBench.ContentOf(output, 2 * Burst).AsSpan().ContainsAnyExcept((byte)0));
    }

    [InterleavingTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_job_whose_output_is_discarded_before_it_has_ended_does_not_end_well(bool isRevoked)
    {
        RestrictedBuffer output = _bench.Allocate();
        _bench.Scratch.Slice(4096, 64).Fill(7);
        BusAddress mapped = _bench.Map(output, AccessRights.Write);

        // Descriptor, source, destination, status.
        DeviceResult result = _bench.RunWith(
            at =>
            {
                if (at == 4 && isRevoked)
                    _bench.Access.Revoke(_bench.Master.Id, output);
                else if (at == 4)
                    _bench.Access.Unmap(mapped.Handle);
            },
            Copy(_bench.Normal(4096), mapped, 64));

        Assert.Equal(DeviceResult.BusError, result);
        _bench.Access.Restore(_bench.Master.Id, output);
        Assert.False(DeviceBench.ContentOf(output, 64).AsSpan().ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_job_that_fails_takes_with_it_what_it_wrote_and_nothing_that_others_did()
    {
        RestrictedBuffer output = _bench.Allocate(16384);
        _bench.Scratch.Slice(4096, 4096).Fill(7);
        BusAddress mapped = _bench.Map(output, AccessRights.Write), other = _bench.Map(output, AccessRights.Write);
        Assert.Equal(DeviceResult.Done, _bench.Run(Copy(_bench.Normal(4096), mapped, 256)));
        Assert.Equal(DeviceResult.Done, _bench.Run(Copy(_bench.Normal(4096), other.Plus(12000), 256)));

        CryptoDescriptor first = Copy(_bench.Normal(4096), mapped.Plus(4096), 4096), second = Copy(_bench.Normal(4096), mapped.Plus(16000), 4096);
        MemoryMarshal.Write(_bench.Scratch[1024..], second);
        Assert.Equal(DeviceResult.BusError, _bench.Run(first with { Head = first.Head with { Next = _bench.ScratchAddress + 1024 } }));

        byte[] content = DeviceBench.ContentOf(output, 16384);
        for (int i = 0; i < content.Length; i++)
            Assert.Equal(i < 256 || i is >= 12000 and < 12256 ? 7 : 0, content[i]);
    }

    [InterleavingFact]
    public async Task A_device_that_is_stopped_in_the_middle_of_a_long_job_does_not_go_on_with_it()
    {
        int opened = 0;
        Task? stop = null;
        CryptoDescriptor job = Copy(Source, _bench.Normal(256), 1 << 20);
        MemoryMarshal.Write(_bench.Scratch, job);

        Assert.NotEqual(DeviceResult.Done, _bench.RunWith(
            at =>
            {
                opened = at;
                if (at != 3)
                    return;
                stop = Task.Factory.StartNew(_bench.Model.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                Assert.True(SpinWait.SpinUntil(() => _bench.Model.Write(DeviceRegisters.Doorbell, 0) == RegisterOutcome.Busy, Deadline));
            },
            job));

        await stop!.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.InRange(opened, 3, 5); // the burst that was open, and its status
    }

    [InterleavingFact]
    public void A_buffer_that_is_freed_and_unmapped_under_a_job_is_zero_for_who_gets_it_next()
    {
        ulong whole = _bench.Tee.Os.Restricted.PoolOf(UseCase.SecureVideoPlay)!.MinimumSize;
        RestrictedBuffer output = _bench.Allocate(whole);
        _bench.Tee.Bank.GetSpan(SourceOffset, 2 * Burst).Fill(7);
        BusAddress mapped = _bench.Map(output, AccessRights.Write);

        DeviceResult result = _bench.RunWith(
            at =>
            {
                if (at != 4)
                    return;
                _bench.Tee.Os.Restricted.Free(output.Cookie);
                _bench.Access.Unmap(mapped.Handle);
            },
            Copy(Source, mapped, 2 * Burst));

        Assert.Equal(DeviceResult.BusError, result);
        Assert.False(DeviceBench.ContentOf(_bench.Allocate(whole), (int)whole).AsSpan().ContainsAnyExcept((byte)0));
    }

    private const ulong SourceOffset = 8 << 20; // of bank 0, where nothing lies

    private BusAddress Source => BusAddress.Physical(_bench.Tee.Board.NormalRam.Base + SourceOffset);

    private static CryptoDescriptor Copy(BusAddress source, BusAddress destination, int length) => new()
    {
        Head = new DescriptorHead { Operation = (uint)CryptoOperation.Copy },
        Source = source,
        Destination = destination,
        Length = (ulong)length,
    };
}
