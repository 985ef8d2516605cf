using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Firewall;
using RestrictedTee.Tests.Interleaving;

namespace RestrictedTee.Tests.Devices;

/// <summary>What happens between two accesses of a job that runs.</summary>
public sealed class DeviceRaceTests : IDisposable
{
    private readonly DeviceBench _bench = new(BusMasterNames.CryptoEngine);

    public void Dispose() => _bench.Dispose();

    [InterleavingFact]
    public void A_source_that_is_relabelled_under_a_job_is_not_copied_on()
    {
        RestrictedBuffer source = _bench.Allocate(), output = _bench.Allocate();
        FirewallRules firewall = _bench.Tee.Os.Firewall;
        firewall.TryLabel(FirewallBench.SecureTa, 1, source, [_bench.Master.Id, FirewallBench.Decoder.Id]);
        CryptoDescriptor job = Copy(_bench.Map(source, AccessRights.Read), _bench.Map(output, AccessRights.Write), 64) with { Consumers = _bench.RowBit(BusMasterNames.VideoDecoder) };

        DeviceResult result = _bench.RunWith(
            at =>
            {
                if (at == 2) // the destination has its label; the source is next
                    firewall.TryLabel(FirewallBench.SecureTa, 1, source, [_bench.Master.Id]);
            },
            job);

        Assert.Equal(DeviceResult.Forbidden, result);
        Assert.False(DeviceBench.ContentOf(output, 64).AsSpan().ContainsAnyExcept((byte)0));
    }

    [InterleavingFact]
    public void A_pool_that_is_compacted_under_a_job_leaves_the_jobs_buffers_where_they_are()
    {
        RestrictedPool pool = _bench.Tee.Os.Restricted.PoolOf(UseCase.SecureVideoPlay)!;
        ulong whole = pool.MinimumSize;
        RestrictedBuffer first = _bench.Allocate(whole / 4), idle = _bench.Allocate(whole / 8), gap = _bench.Allocate(whole / 8), mapped = _bench.Allocate(whole / 4);
        _bench.Scratch.Slice(4096, 4096).Fill(7);
        BusAddress at = _bench.Map(mapped, AccessRights.Write);
        _bench.Tee.Os.Restricted.Free(first.Cookie);
        _bench.Tee.Os.Restricted.Free(gap.Cookie);
        int place = mapped.Offset;
        RestrictedBuffer? third = null;

        DeviceResult result = _bench.RunWith(
            opened =>
            {
                if (opened == 3)
                    third = _bench.Tee.Os.Restricted.Allocate(pool, whole * 3 / 8);
            },
            Copy(_bench.Normal(4096), at, 4096));

        Assert.Equal((DeviceResult.Done, place), (result, mapped.Offset));
        Assert.NotNull(third);
        Assert.True(idle.Offset == 0 || third.Offset == 0);
        Assert.Equal(_bench.Scratch.Slice(4096, 4096).ToArray(), DeviceBench.ContentOf(mapped, 4096));
    }

    [InterleavingFact]
    public void A_buffer_of_two_planes_that_is_freed_and_unmapped_in_the_middle_of_a_frame_shows_no_frame()
    {
        using var bench = new DeviceBench(BusMasterNames.DisplayController);
        RestrictedBuffer buffer = bench.Allocate();
        BusAddress mapped = bench.Map(buffer, AccessRights.Read);
        var frame = new DisplayDescriptor { Head = new DescriptorHead { Operation = 1 }, Width = 16, Height = 16 };
        for (int i = 0; i < 2; i++)
        {
            frame.Planes[i] = new PlaneDescriptor
            {
                Image = new ImageDescriptor { Format = (uint)PixelFormat.Xrgb8888, Width = 16, Height = 16, Stride = 64, Lines = mapped.Plus((ulong)i * 1024) },
                Alpha = 255,
            };
        }

        DeviceResult result = bench.RunWith(
            at =>
            {
                if (at == 5)
                    bench.Tee.Os.Restricted.Free(buffer.Cookie);
                else if (at == 8)
                    bench.Access.Unmap(mapped.Handle);
            },
            frame);

        Assert.Equal((DeviceResult.BusError, 0UL), (result, bench.Read(DisplayRegisters.Frames)));
        Assert.Equal(0, bench.Tee.Os.Restricted.PoolOf(UseCase.SecureVideoPlay)!.State.Buffers);
    }

    [InterleavingFact]
    public void A_descriptor_that_changes_after_it_was_read_changes_nothing()
    {
        RestrictedBuffer secret = _bench.Allocate();
        _bench.Fill(secret, Enumerable.Repeat((byte)9, 64).ToArray());
        BusAddress mapped = _bench.Map(secret, AccessRights.Read);
        _bench.Scratch.Slice(4096, 64).Fill(7);

        DeviceResult result = _bench.RunWith(
            at =>
            {
                if (at != 2)
                    return;
                CryptoDescriptor changed = Copy(mapped, _bench.Normal(8192), 4096);
                changed.Head.Next = _bench.ScratchAddress;
                MemoryMarshal.Write(_bench.Scratch, changed);
            },
            Copy(_bench.Normal(4096), _bench.Normal(8192), 64));

        Assert.Equal(DeviceResult.Done, result);
        Assert.Equal(Enumerable.Repeat((byte)7, 64), _bench.Scratch.Slice(8192, 64).ToArray());
        Assert.False(_bench.Scratch.Slice(8192 + 64, 4096).ContainsAnyExcept((byte)0));
    }

    [InterleavingFact]
    public void More_jobs_than_a_device_takes_are_refused_and_each_that_was_taken_ends()
    {
        int taken = 0, refused = 0;

        _bench.RunWith(
            at =>
            {
                for (int i = 0; at == 2 && i < 3 * DeviceRegisters.MaxPending; i++)
                {
                    ulong code = (ulong)_bench.Model.Write(DeviceRegisters.Doorbell, _bench.ScratchAddress);
                    (taken, refused) = code == 0 ? (taken + 1, refused) : (taken, refused + 1);
                }
            },
            Copy(_bench.Normal(4096), _bench.Normal(8192), 64));

        Assert.Equal((DeviceRegisters.MaxPending, 2 * DeviceRegisters.MaxPending), (taken, refused));
        _bench.WaitUntilEnded(DeviceRegisters.MaxPending + 1);
        Assert.Equal((0UL, (ulong)DeviceRegisters.MaxPending + 1), (_bench.Read(DeviceRegisters.Pending), _bench.Read(DeviceRegisters.Ended)));
        Assert.Equal(DeviceResult.Done, _bench.Run(Copy(_bench.Normal(4096), _bench.Normal(8192), 64)));
    }

    [Fact]
    public void Interrupts_of_many_jobs_are_one_that_is_taken_once_and_the_registers_tell_how_many_there_were()
    {
        MemoryMarshal.Write(_bench.Scratch, Copy(_bench.Normal(4096), _bench.Normal(8192), 64));
        for (int i = 0; i < 8; i++)
            Assert.Equal(SipDevices.Success, _bench.Sip(SipDevices.RegisterWrite, _bench.Device, DeviceRegisters.Doorbell, _bench.ScratchAddress).Code);
        _bench.WaitUntilEnded(8);
        ulong seen = 0;

        // The bit of the last follows its registers.
        Assert.True(SpinWait.SpinUntil(() => ((seen |= _bench.Sip(SipDevices.InterruptsTake).Value) & (1UL << (int)_bench.Device)) != 0, TimeSpan.FromSeconds(20)));

        Assert.Equal((1UL << (int)_bench.Device, 8UL), (seen, _bench.Read(DeviceRegisters.Ended)));
    }

    [Theory]
    [InlineData(0, true)] // the last descriptor that fits
    [InlineData(8, false)]
    [InlineData(100, false)] // unaligned
    public void A_descriptor_at_the_end_of_a_bank_is_read_whole_or_not_at_all(int beyond, bool isRead)
    {
        int at = (int)_bench.Tee.Bank.Range.Length - CryptoDescriptor.Size + beyond;
        CryptoDescriptor job = Copy(_bench.Normal(4096), _bench.Normal(8192), 64);
        if (beyond == 0)
            MemoryMarshal.Write(_bench.Tee.Bank.GetSpan((ulong)at, CryptoDescriptor.Size), job);
        ulong ended = _bench.Read(DeviceRegisters.Ended);

        _bench.Sip(SipDevices.RegisterWrite, _bench.Device, DeviceRegisters.Doorbell, _bench.Tee.Board.NormalRam.Base + (ulong)at);
        _bench.WaitUntilEnded(ended + 1);

        Assert.Equal(isRead ? DeviceResult.Done : DeviceResult.BadDescriptor, (DeviceResult)_bench.Read(DeviceRegisters.Result));
        _bench.Tee.AssertStillServes();
    }

    [Fact]
    public void Mappings_are_bounded_and_given_back()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        var handles = new List<ulong>();
        while (handles.Count < DeviceMappings.MaxMappings)
            handles.Add(_bench.Map(buffer, AccessRights.Read).Handle);

        Assert.Equal(DeviceAccessOutcome.TooMany, _bench.Access.Map(_bench.Master.Id, buffer, AccessRights.Read, out _));
        Assert.True(_bench.Access.Unmap(handles[7]));
        ulong next = _bench.Map(buffer, AccessRights.Read).Handle;
        Assert.DoesNotContain(next, handles);
        Assert.Equal(DeviceResult.BusError, _bench.Run(Copy(BusAddress.Mapped(handles[7]), _bench.Normal(8192), 64)));

        handles[7] = next;
        Assert.All(handles, handle => Assert.True(_bench.Access.Unmap(handle)));
        _bench.Tee.Os.Restricted.Free(buffer.Cookie);
        Assert.Equal(0, _bench.Tee.Os.Restricted.PoolOf(UseCase.SecureVideoPlay)!.State.Buffers); // the one that was refused has left nothing
    }

    private static CryptoDescriptor Copy(BusAddress source, BusAddress destination, int length) => new()
    {
        Head = new DescriptorHead { Operation = (uint)CryptoOperation.Copy },
        Source = source,
        Destination = destination,
        Length = (ulong)length,
    };
}
