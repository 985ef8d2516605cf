using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Peripherals;

/// <summary>What the drivers of devices owe those who give them jobs: an end of each, and buffers that are unmapped by then.</summary>
public sealed class PeripheralTests : IDisposable
{
    private const string Heap = "protected,secure-video";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly InProcessTee _tee = new(hasInterrupts: true);
    private readonly TeeContext _context;

    public PeripheralTests() => _context = _tee.OpenContext();

    private BoardPeripherals Devices => _tee.Host.Peripherals;

    public void Dispose()
    {
        _context.Dispose();
        _tee.Dispose();
    }

    [Fact]
    public void Whoever_waited_for_a_job_finds_its_buffers_unmapped_and_frees_them_for_good()
    {
        using DmaBufHandle source = _context.AllocateRestricted("system", 4096), destination = _context.AllocateRestricted(Heap, 4096);
        source.Map().Fill(0x5A);

        Devices.CryptoEngine.Submit(Copy(source, destination)).Wait(Long);

        Assert.Equal((0, 0), (source.Info.Attachments, destination.Info.Attachments));
        destination.Dispose();
        Assert.Equal(0, _context.Heaps.Single(heap => heap.Name == Heap).Buffers);
    }

    [Fact]
    public void A_device_that_is_shut_out_of_a_buffer_fails_while_others_go_on_and_works_again_when_it_is_let_in()
    {
        using DmaBufHandle source = _context.AllocateRestricted("system", 4096), destination = _context.AllocateRestricted(Heap, 4096);
        DmaDevice engine = Devices.CryptoEngine.Device;
        var heard = new TestMemory.Importer();
        using DmaBufAttachment attachment = destination.Attach(engine with { Takes = Placements.Revocable }, heard);
        using DmaBufAttachment decoder = destination.Attach(Devices.Devices.Named(BusMasterNames.VideoDecoder));
        attachment.Map(DmaDirection.FromDevice);

        destination.RevokeFrom(engine);

        Assert.Equal(Errno.EACCES, Assert.Throws<TeeDriverException>(() => Devices.CryptoEngine.Submit(Copy(source, destination))).Errno);
        decoder.Map(DmaDirection.ToDevice);
        destination.GrantTo(engine);
        Devices.CryptoEngine.Submit(Copy(source, destination)).Wait(Long);
        Assert.Equal(AttachmentState.Mapped, attachment.State);
        Assert.Equal([BufferChange.Revoked, BufferChange.Granted], heard.Heard);
    }

    [Fact]
    public void A_device_that_was_promised_a_pinned_buffer_is_not_shut_out_of_it_and_nobody_of_one_that_the_tee_does_not_keep()
    {
        using DmaBufHandle plain = _context.AllocateRestricted("system", 4096), secret = _context.AllocateRestricted(Heap, 4096);
        DmaDevice display = Devices.Display.Device;
        using DmaBufAttachment compositor = secret.Attach(display);
        compositor.Map(DmaDirection.ToDevice);

        Errno Refusal(Action action) => Assert.Throws<TeeDriverException>(action).Errno;

        Assert.Equal(Errno.EBUSY, Refusal(() => secret.RevokeFrom(display)));
        Assert.Equal(Errno.EOPNOTSUPP, Refusal(() => plain.RevokeFrom(display)));
        Assert.Equal(Errno.EOPNOTSUPP, Refusal(() => plain.GrantTo(display)));
        Assert.Equal(Errno.EINVAL, Refusal(() => secret.RevokeFrom(display with { Name = "teapot" })));
        Assert.Equal(Errno.EACCES, Refusal(() => secret.GrantTo(Devices.Camera.Device)));
    }

    [Fact]
    public void A_client_finds_the_heaps_that_a_pipeline_shares_and_why_the_others_are_none()
    {
        Assert.Equal([Heap, "system"], _context.HeapsSharedBy(BusMasterNames.VideoDecoder, BusMasterNames.DisplayController).Select(heap => heap.Name));
        Assert.Equal(["system"], _context.HeapsSharedBy(BusMasterNames.VideoDecoder, BusMasterNames.Camera).Select(heap => heap.Name));
        Assert.Equal(_context.Heaps.Count, _context.HeapsSharedBy().Count);
        HeapDevice camera = _context.Heaps.Single(heap => heap.Name == Heap).Devices.Single(device => device.Name == BusMasterNames.Camera);
        Assert.Equal($"camera has no rights to buffers of {Heap}", camera.Problem);
        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => _context.HeapsSharedBy("vpu")).Errno);
    }

    [Fact]
    public void A_list_of_devices_has_the_names_of_vendors_too_which_have_a_comma_themselves()
    {
        HeapInfo heap = _context.Heaps[0] with { Devices = [new HeapDevice("camera", null), new HeapDevice("acme,dsp", null)] };

        Assert.Equal(["camera", "acme,dsp", "camera", "dsp"], PipelineHeaps.DevicesIn("camera, acme,dsp,camera,dsp", [heap]));
    }

    [Fact]
    public void A_driver_is_found_by_name_and_what_is_missing_is_told()
    {
        Assert.Same(Devices.Camera, Devices.Find<Peripheral>(BusMasterNames.Camera));

        Assert.Contains("no model of it, or no driver", Refusal(() => Devices.Find<Peripheral>(BusMasterNames.VideoDecoder)), StringComparison.Ordinal);
        Assert.Contains("is Camera, and no DisplayController", Refusal(() => Devices.Find<DisplayController>(BusMasterNames.Camera)), StringComparison.Ordinal);
        Assert.Contains("The board has no device 'acme,dsp'; it has", Refusal(() => Devices.Find<Peripheral>("acme,dsp")), StringComparison.Ordinal);

        static string Refusal(Action find)
        {
            TeeDriverException refused = Assert.Throws<TeeDriverException>(find);
            Assert.Equal(Errno.ENODEV, refused.Errno);
            return refused.Message;
        }
    }

    [Fact]
    public void What_a_client_asks_wrongly_is_answered_with_an_errno_and_in_words()
    {
        using DmaBufHandle secret = _context.AllocateRestricted(Heap, 4096), plain = _context.AllocateRestricted("system", 4096);

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => _context.AllocateRestricted(Heap, -1)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => _context.AllocateRestricted(UseCase.SecureVideoPlay, -1)).Errno);
        var odd = new DisplayPlane(new DmaImage(plain, PixelFormat.Nv12, 33, 8));
        Assert.Contains("both are even", Assert.Throws<TeeDriverException>(() => Devices.Display.Show(new DisplayFrame(64, 64, [odd]))).Message, StringComparison.Ordinal);
        Assert.Contains("let restricted content out", Assert.Throws<TeeDriverException>(() => Devices.CryptoEngine.Submit(Copy(secret, plain)).Wait(Long)).Message, StringComparison.Ordinal);
        Assert.Contains("nothing in it to read", Assert.Throws<TeeDriverException>(() => Devices.CryptoEngine.Submit(Copy(plain, secret))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_keeps_its_buffers_when_their_handles_are_closed_under_it()
    {
        DmaBufHandle source = _context.AllocateRestricted("system", 4096), destination = _context.AllocateRestricted(Heap, 4096);

        DmaJob job = Devices.CryptoEngine.Submit(Copy(source, destination));
        source.Dispose();
        destination.Dispose();
        job.Wait(Long);

        Assert.All(_context.Heaps, heap => Assert.Equal(0, heap.Buffers));
    }

    [Fact]
    public void A_job_that_must_wait_for_a_writer_that_failed_is_refused_with_what_the_writer_failed_with()
    {
        using DmaBufHandle secret = _context.AllocateRestricted(Heap, 4096), plain = _context.AllocateRestricted("system", 4096), other = _context.AllocateRestricted("system", 4096);
        DmaJob leak = Devices.CryptoEngine.Submit(Copy(secret, plain));

        TeeDriverException refused = Assert.Throws<TeeDriverException>(() => Devices.CryptoEngine.Submit(Copy(plain, other)));

        Assert.Equal(Errno.EACCES, refused.Errno);
        Assert.Equal(Errno.EACCES, Assert.Throws<TeeDriverException>(() => leak.Wait(Long)).Errno);
        Assert.False(plain.Map().ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_fence_that_is_never_signalled_ends_the_wait_of_a_job_by_its_deadline_and_leaves_nothing_behind()
    {
        using DmaBufHandle source = _context.AllocateRestricted("system", 4096), destination = _context.AllocateRestricted(Heap, 4096);
        source.Fences.AddWriter(new DmaFence("a decoder that has died", TimeSpan.FromMilliseconds(5)));

        TeeDriverException refused = Assert.Throws<TeeDriverException>(() => Devices.CryptoEngine.Submit(Copy(source, destination)));

        Assert.Equal(Errno.ETIMEDOUT, refused.Errno);
        Assert.Equal((0, 0), (source.Info.Attachments, destination.Info.Attachments));
    }

    [Fact]
    public void A_job_that_is_refused_leaves_its_buffers_as_good_as_they_were()
    {
        using DmaBufHandle picture = _context.AllocateRestricted("system", 4096), other = _context.AllocateRestricted("system", 4096);
        CryptoJob beyond = Copy(other, picture) with { Length = 8192 };

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Devices.CryptoEngine.Submit(beyond)).Errno);

        Devices.CryptoEngine.Submit(Copy(picture, other)).Wait(Long);
    }

    [Fact]
    public void A_job_that_ends_after_its_deadline_keeps_nobody_from_its_buffers_for_good()
    {
        using DmaBufHandle source = _context.AllocateRestricted("system", 4096), destination = _context.AllocateRestricted(Heap, 4096);
        Devices.CryptoEngine.Deadline = TimeSpan.Zero;
        DmaJob late = Devices.CryptoEngine.Submit(Copy(source, destination));
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => late.Wait(Long)).Errno);
        Assert.True(SpinWait.SpinUntil(() => late.Fence.IsOver, Long));
        Devices.CryptoEngine.Deadline = Long;

        Devices.CryptoEngine.Submit(Copy(source, destination)).Wait(Long);
    }

    [Fact]
    public void A_compositor_that_takes_pinned_buffers_alone_cannot_be_shot_down()
    {
        using DmaBufHandle video = _context.AllocateRestricted(Heap, 4096);
        Devices.Display.Takes = Placements.Pinned;
        using DmaBufAttachment scanout = video.Attach(Devices.Display.Device with { Takes = Devices.Display.Takes });
        scanout.Map(DmaDirection.ToDevice);

        Assert.Equal(Errno.EBUSY, Assert.Throws<TeeDriverException>(video.Sharing.Revoke).Errno);
        Devices.Display.Show(Frame(video)).Wait(Long);
    }

    [Fact]
    public void A_buffer_that_was_revoked_takes_no_job_until_it_is_granted_again()
    {
        using DmaBufHandle video = _context.AllocateRestricted(Heap, 4096);
        video.Sharing.Revoke();

        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => Devices.Display.Show(Frame(video))).Errno);
        video.Sharing.Grant();

        Devices.Display.Show(Frame(video)).Wait(Long);
        Assert.Equal(1, Devices.Display.Frames);
    }

    [Fact]
    public void A_revocation_takes_the_handle_from_the_device_at_once()
    {
        using DmaBufHandle video = _context.AllocateRestricted(Heap, 4096);
        using DmaBufAttachment decoder = video.Attach(Devices.CryptoEngine.Device with { Takes = Placements.Revocable }, new TestMemory.Importer());
        ulong handle = decoder.Map(DmaDirection.Bidirectional).Device[0].Handle;
        Assert.NotNull(_tee.Os.Firewall.Mappings.Find(handle));

        video.Sharing.Revoke();

        Assert.Null(_tee.Os.Firewall.Mappings.Find(handle));
    }

    [Fact]
    public void A_device_that_the_board_does_not_have_is_let_to_nothing_that_the_tee_keeps()
    {
        using DmaBufHandle video = _context.AllocateRestricted(Heap, 4096);
        using DmaBufAttachment stranger = video.Attach(TestMemory.Device("stranger", DmaAccess.ReadWrite));

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => stranger.Map(DmaDirection.ToDevice)).Errno);
        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => Devices.Devices.Named("stranger")).Errno);
    }

    [Fact]
    public void Whoever_asks_for_a_mapping_by_the_cpu_is_refused_and_the_tee_has_a_record_of_it()
    {
        using DmaBufHandle video = _context.AllocateRestricted(Heap, 4096);
        long before = _tee.Os.Firewall.Faults.Count;

        Assert.Throws<TeeDriverException>(() => video.Map().Length);
        Assert.Throws<TeeDriverException>(() => video.BeginCpuAccess(DmaDirection.FromDevice, TimeSpan.Zero));

        Assert.Equal(before + 2, _tee.Os.Firewall.Faults.Count);
    }

    [Fact]
    public void Jobs_beyond_what_the_device_takes_are_refused_and_all_others_end()
    {
        using DmaBufHandle video = _context.AllocateRestricted(Heap, 1 << 20);
        var frame = new DisplayFrame(512, 512, [new DisplayPlane(new DmaImage(video, PixelFormat.Xrgb8888, 512, 512))]);
        var jobs = new List<DmaJob>();

        void ShowUntilRefused()
        {
            while (jobs.Count < 100_000)
                jobs.Add(Devices.Display.Show(frame));
        }

        TeeDriverException refused = Assert.Throws<TeeDriverException>(ShowUntilRefused);

        Assert.Equal(Errno.EBUSY, refused.Errno);
        Assert.InRange(jobs.Count, DeviceRegisters.MaxPending, int.MaxValue);
        jobs.ForEach(job => job.Wait(Long));
        Assert.Equal(0, video.Info.Attachments);
    }

    [Fact]
    public void A_job_ends_while_every_conduit_is_taken_and_the_tee_waits_for_one()
    {
        using DmaBufHandle source = _context.AllocateRestricted("system", 4096), destination = _context.AllocateRestricted("system", 4096);
        CryptoEngine engine = Devices.CryptoEngine;
        CallSlot[] taken = [.. Enumerable.Range(0, 4).Select(_ => _tee.Driver.RentConduit())];
        try
        {
            Assert.Equal(Errno.EFAULT, Assert.Throws<TeeDriverException>(() => Devices.Cpu.Load(_tee.Board.Pools[0].Base, new byte[8])).Errno); // which the TEE wants to log

            engine.Submit(Copy(source, destination)).Wait(Long);
        }
        finally
        {
            Array.ForEach(taken, _tee.Driver.ReturnConduit);
        }
    }

    [Fact]
    public void Invariant_7_when_the_secure_world_goes_every_job_ends_with_enodev()
    {
        using DmaBufHandle video = _context.AllocateRestricted(Heap, 1 << 20);
        var frame = new DisplayFrame(512, 512, [new DisplayPlane(new DmaImage(video, PixelFormat.Xrgb8888, 512, 512))]);
        DmaJob[] jobs = [.. Enumerable.Range(0, 8).Select(_ => Devices.Display.Show(frame))];

        _tee.Driver.Dispose();

        Assert.All(jobs, job => Assert.True(job.Fence.Wait(Long) && job.Fence.Error is null or Errno.ENODEV));
        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => Devices.Display.Show(frame)).Errno);
    }

    [Fact]
    public void A_cpu_loads_and_stores_normal_memory_and_gets_a_bus_error_for_everything_else()
    {
        ulong normal = _tee.Board.NormalRam.Base + _tee.Board.ReservedShm.Size + (8 << 20);
        byte[] found = new byte[64];

        Devices.Cpu.Store(normal, Enumerable.Repeat((byte)3, 64).ToArray());
        Devices.Cpu.Load(normal, found);

        Assert.Equal(Enumerable.Repeat((byte)3, 64), found);
        Assert.Equal(Errno.EFAULT, Assert.Throws<TeeDriverException>(() => Devices.Cpu.Load(_tee.Board.Pools[0].Base, found)).Errno);
        Assert.Equal(Errno.EFAULT, Assert.Throws<TeeDriverException>(() => Devices.Cpu.Store(_tee.Board.SecureRam.Base, found)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Devices.Cpu.Load(normal, [])).Errno);
    }

    [Fact]
    public void A_key_of_a_negative_length_and_an_image_without_lines_are_refused_before_anything_is_mapped()
    {
        using DmaBufHandle video = _context.AllocateRestricted(Heap, 4096), plain = _context.AllocateRestricted("system", 4096);

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Devices.CryptoEngine.Submit(Copy(plain, video) with { KeyLength = -1 })).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Devices.CryptoEngine.Submit(Copy(plain, video) with { Length = ulong.MaxValue })).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Devices.Display.Show(new DisplayFrame(16, -1, [new DisplayPlane(new DmaImage(video, PixelFormat.Nv12, 16, 0))]))).Errno);
        Assert.Equal((0, 0), (video.Info.Attachments, plain.Info.Attachments));
    }

    private static CryptoJob Copy(DmaBufHandle source, DmaBufHandle destination) => new(CryptoOperation.Copy, new DmaRegion(source), new DmaRegion(destination), 4096);

    private static DisplayFrame Frame(DmaBufHandle buffer) => new(32, 32, [new DisplayPlane(new DmaImage(buffer, PixelFormat.Xrgb8888, 32, 32))]);
}
