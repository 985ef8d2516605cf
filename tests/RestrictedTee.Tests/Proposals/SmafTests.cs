using RestrictedTee.NormalWorld.Allocators;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Proposals;

/// <summary>SMAF v10 (2016): a central allocator that waits until it knows the devices, and a test secure module that hears of every access.</summary>
public sealed class SmafTests : IDisposable
{
    private readonly TestSecureModule _module = new();
    private readonly InProcessTee _tee;
    private readonly TeeContext _context;

    public SmafTests()
    {
        _tee = new InProcessTee(board: InProcessTee.DynamicBoard, gate: _module);
        _context = _tee.OpenContext();
    }

    private NormalWorld.Device.ITeeDevice Device => _context.Device;

    private static DmaDevice Decoder { get; } = TestMemory.Device("decoder", DmaAccess.ReadWrite, Placements.Pinned);

    private static DmaDevice Display { get; } = TestMemory.Device("display", DmaAccess.Read, Placements.Pinned);

    public void Dispose()
    {
        _context.Dispose();
        _tee.Dispose();
    }

    [Fact]
    public void Smaf_v10_memory_comes_with_the_first_mapping_and_the_test_secure_module_hears_of_every_access()
    {
        using DmaBufHandle buffer = Device.CreateBuffer(5000);
        Device.SetSecure(buffer, true);
        using DmaBufAttachment decoder = buffer.Attach(Decoder), display = buffer.Attach(Display);
        Assert.All(_context.Heaps, heap => Assert.Equal(0, heap.Buffers));
        Assert.Equal("smaf", buffer.Info.HeapName);

        DmaMapping written = decoder.Map(DmaDirection.FromDevice);
        DmaMapping read = display.Map(DmaDirection.ToDevice);
        Assert.Throws<TeeDriverException>(() => buffer.Map().Length);
        Assert.Throws<TeeDriverException>(() => buffer.BeginCpuAccess(DmaDirection.FromDevice, TimeSpan.Zero));
        decoder.Unmap(written);

        Assert.Equal(("protected,secure-video", 8192UL, true), (buffer.Info.HeapName, buffer.Size, Device.IsSecure(buffer)));
        Assert.Equal(8192UL, Assert.Single(read.Device).Length);
        Assert.Equal(["grant decoder FromDevice", "grant display ToDevice", "refuse cpu Bidirectional", "refuse cpu FromDevice", "revoke decoder FromDevice"], _module.Log);
        Assert.Equal(1, _context.Heaps[0].Buffers);
    }

    [Fact]
    public void The_best_ranked_allocator_that_suits_all_devices_is_chosen_and_the_next_one_when_it_is_full()
    {
        var first = new Choosy("first", ranking: 1000, _tee) { Suits = device => device.Name == "decoder" };
        var second = new Choosy("second", ranking: 999, _tee) { Suits = device => device.Name != "camera" };
        _tee.Host.Allocators.Register(first);
        _tee.Host.Allocators.Register(second);
        Assert.Equal(["first", "second", "protected,secure-video"], Device.GetAllocators().Take(3));

        string Chosen(params DmaDevice[] devices)
        {
            using DmaBufHandle buffer = Device.CreateBuffer(4096);
            Device.SetSecure(buffer, true);
            DmaBufAttachment[] attachments = [.. devices.Select(device => buffer.Attach(device))];
            attachments[0].Map(DmaDirection.ToDevice);
            Array.ForEach(attachments, attachment => attachment.Dispose());
            return first.TakeWasAsked() ? "first" : second.TakeWasAsked() ? "second" : "heap";
        }

        Assert.Equal("first", Chosen(Decoder));
        Assert.Equal("second", Chosen(Decoder, Display));
        Assert.Equal("heap", Chosen(Decoder, Display, TestMemory.Device("camera", DmaAccess.ReadWrite)));
        first.IsFull = true;
        Assert.Equal("second", Chosen(Decoder));
        _tee.Host.Allocators.Unregister(first);
        _tee.Host.Allocators.Unregister(second);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => _tee.Host.Allocators.Register(new Choosy(new string('x', 64), 0, _tee))).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => _tee.Host.Allocators.Register(new Choosy("system", 0, _tee))).Errno);
    }

    [Fact]
    public void An_attachment_that_no_allocator_can_satisfy_fails_at_once_also_together_with_those_that_are_there()
    {
        using DmaBufHandle buffer = Device.CreateBuffer(4096);
        Device.SetSecure(buffer, true);
        DmaDevice video = Decoder with { Heaps = ["protected,secure-video"] };
        var ui = new DmaDevice { Name = "ui", Rights = new Dictionary<UseCase, DmaAccess> { [UseCase.TrustedUi] = DmaAccess.ReadWrite } };

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => buffer.Attach(new DmaDevice { Name = "stranger" })).Errno);
        using DmaBufAttachment first = buffer.Attach(video);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => buffer.Attach(ui)).Errno);
        Assert.Equal(Errno.EINVAL, buffer.FindAttachProblem(ui)!.Errno);
        first.Dispose();

        buffer.Attach(ui).Dispose(); // alone it can
        Assert.All(_context.Heaps, heap => Assert.Equal(0, heap.Buffers));
    }

    [Fact]
    public void A_buffer_whose_first_user_is_software_comes_from_the_allocator_that_is_named()
    {
        using DmaBufHandle buffer = Device.CreateBuffer(5000, "system");

        Span<byte> bytes = buffer.Map();
        bytes[8191] = 7;

        Assert.Equal((8192, "system", false), (bytes.Length, buffer.Info.HeapName, Device.IsSecure(buffer)));
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Device.CreateBuffer(4096, "no such allocator")).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Device.CreateBuffer(0)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Device.CreateBuffer(ulong.MaxValue)).Errno);
    }

    [Fact]
    public void The_secure_flag_is_a_wish_before_there_is_memory_and_a_fact_after()
    {
        using DmaBufHandle buffer = Device.CreateBuffer(4096), named = Device.CreateBuffer(4096, "protected,trusted-ui"), other = _context.AllocateRestricted("protected,secure-video", 4096);
        using (DmaBufAttachment display = buffer.Attach(new DmaDevice { Name = "plain display" }))
        {
            Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Device.SetSecure(buffer, true)).Errno); // it has no rights
            Assert.False(Device.IsSecure(buffer));
        }

        Device.SetSecure(buffer, true);
        using SharedMemory registered = _context.RegisterSharedMemory(buffer); // which needs memory

        Assert.Equal(Errno.EBUSY, Assert.Throws<TeeDriverException>(() => Device.SetSecure(buffer, false)).Errno);
        Assert.True(Device.IsSecure(named));
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Device.SetSecure(named, false)).Errno);
        Assert.False(Device.IsSecure(other));
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => Device.SetSecure(other, true)).Errno);
    }

    [Fact]
    public void A_buffer_that_was_never_mapped_costs_nothing_and_one_that_was_goes_with_its_last_handle()
    {
        Device.CreateBuffer(1UL << 40).Dispose();
        using (DmaBufHandle buffer = Device.CreateBuffer(4096, "protected,secure-video"))
        using (DmaBufAttachment decoder = buffer.Attach(Decoder))
            decoder.Map(DmaDirection.ToDevice);

        Assert.All(_context.Heaps, heap => Assert.Equal((0, 0UL), (heap.Buffers, heap.Charged)));
        using DmaBufHandle huge = Device.CreateBuffer(1UL << 40, "protected,secure-video");
        using DmaBufAttachment attachment = huge.Attach(Decoder);
        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(() => attachment.Map(DmaDirection.ToDevice)).Errno);
        Assert.Equal(AttachmentState.Attached, attachment.State);
    }

    /// <summary>What smaf-testsecure.c did with pr_debug.</summary>
    private sealed class TestSecureModule : IAccessGate
    {
        internal List<string> Log { get; } = [];

        public ulong Grant(in AccessRequest request)
        {
            bool isCpu = request.Device == DmaDevice.Cpu;
            Log.Add($"{(isCpu ? "refuse" : "grant")} {request.Device.Name} {request.Direction}");
            if (isCpu)
                throw new TeeDriverException(Errno.EACCES, "Not the CPU.");
            return 0;
        }

        public void Revoke(in AccessRequest request, ulong handle) => Log.Add($"revoke {request.Device.Name} {request.Direction}");
    }

    /// <summary>An allocator that suits some devices.</summary>
    private sealed class Choosy(string name, int ranking, InProcessTee tee) : INamedAllocator
    {
        private bool _wasAsked;

        internal Predicate<DmaDevice> Suits { get; init; } = _ => false;

        internal bool IsFull { get; set; }

        public string Name => name;

        public int Ranking => ranking;

        public bool IsRestricted => true;

        public Placements Offers => Placements.Pinned;

        internal bool TakeWasAsked()
        {
            bool was = _wasAsked;
            _wasAsked = false;
            return was;
        }

        public (Errno Errno, string Why)? FindProblem(IReadOnlyList<DmaDevice> devices, ulong size) =>
            devices.All(device => Suits(device)) ? null : (Errno.EBUSY, "it is choosy");

        public HeapMemory Allocate(ulong size, int client)
        {
            if (IsFull)
                throw new TeeDriverException(Errno.ENOMEM, "Full.");
            _wasAsked = true;
            return tee.Host.Heaps.Named("protected,secure-video").AllocateMemory(size, client);
        }
    }
}
