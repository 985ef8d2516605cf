using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.DmaBuf;

/// <summary>Attach, map, unmap, detach: who may, and what the errno is when not.</summary>
public sealed class AttachmentTests : IDisposable
{
    private readonly DmaBufExports _exports = new();

    public void Dispose() => _exports.Dispose();

    [Fact]
    public void A_device_that_cannot_be_is_not_made()
    {
        DmaDevice device = TestMemory.Device("odd", DmaAccess.Read);

        Assert.Throws<ArgumentOutOfRangeException>(() => device with { Alignment = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => device with { Alignment = 3 });
        Assert.Throws<ArgumentOutOfRangeException>(() => device with { AddressBits = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => device with { AddressBits = 65 });
    }

    [Fact]
    public void A_mapping_has_the_memory_and_what_the_device_sees_apart_and_is_whole_pages()
    {
        var memory = new TestMemory { Ranges = [TestMemory.Physical(0x4000_0000, 0x1000), TestMemory.Physical(0x4800_0000, 0x2000)] };
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        var iommu = new IommuSpace(32);
        using DmaBufAttachment plain = buffer.Attach(TestMemory.Device("decoder", DmaAccess.ReadWrite));
        using DmaBufAttachment behind = buffer.Attach(TestMemory.Device("gpu", DmaAccess.ReadWrite) with { Iommu = iommu, NeedsContiguous = true, AddressBits = 32 });

        DmaMapping one = plain.Map(DmaDirection.Bidirectional), other = behind.Map(DmaDirection.ToDevice);

        Assert.Equal(memory.Ranges, one.Memory);
        Assert.Equal([0x4000_0000UL, 0x4800_0000UL], one.Device.Select(range => range.Address));
        Assert.Equal(memory.Ranges, other.Memory);
        Assert.Equal(0x3000UL, Assert.Single(other.Device).Length);
        Assert.Equal((0UL, 3), (other.Device[0].Address % 0x1000, iommu.PagesMapped));
        Assert.NotEqual(0UL, other.Device[0].Address);
        behind.Unmap(other);
        Assert.Equal(0, iommu.PagesMapped);
    }

    [Theory]
    [InlineData("address lines", Errno.EBUSY)]
    [InlineData("one range", Errno.EBUSY)]
    [InlineData("alignment", Errno.EBUSY)]
    [InlineData("rights", Errno.EACCES)]
    [InlineData("placement", Errno.EOPNOTSUPP)]
    [InlineData("heap", Errno.EOPNOTSUPP)]
    public void A_device_that_could_never_work_on_the_buffer_is_refused_when_it_is_attached_and_says_so_before(string what, Errno expected)
    {
        var memory = new TestMemory
        {
            Ranges = [TestMemory.Physical(0x4000_1000, 0x1000), TestMemory.Physical(0xFFFF_F000, 0x2000)],
            Offers = Placements.Revocable,
        };
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        DmaDevice able = TestMemory.Device("able", DmaAccess.Read, Placements.Revocable);
        DmaDevice device = what switch
        {
            "address lines" => able with { AddressBits = 32 },
            "one range" => able with { NeedsContiguous = true },
            "alignment" => able with { Alignment = 0x2000 },
            "rights" => able with { Rights = new Dictionary<UseCase, DmaAccess> { [UseCase.TrustedUi] = DmaAccess.ReadWrite } },
            "placement" => able with { Takes = Placements.Pinned | Placements.Dynamic },
            _ => able with { Heaps = ["another"] },
        };

        Assert.Equal(expected, Assert.Throws<TeeDriverException>(() => buffer.Attach(device, new TestMemory.Importer())).Errno);
        Assert.Equal(expected, buffer.FindAttachProblem(device)!.Errno);
        Assert.Null(buffer.FindAttachProblem(able));
        Assert.Equal(0, buffer.Info.Attachments);
        buffer.Attach(able, new TestMemory.Importer()).Dispose();
        buffer.Dispose();
        Assert.Equal(1, memory.Releases);
    }

    [Fact]
    public void The_same_direction_maps_again_another_is_busy_and_each_is_unmapped_once()
    {
        var memory = new TestMemory();
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        using DmaBufAttachment decoder = buffer.Attach(TestMemory.Device("decoder", DmaAccess.ReadWrite));

        DmaMapping first = decoder.Map(DmaDirection.FromDevice);
        Assert.Same(first, decoder.Map(DmaDirection.FromDevice));
        Assert.Equal(Errno.EBUSY, Assert.Throws<TeeDriverException>(() => decoder.Map(DmaDirection.ToDevice)).Errno);
        decoder.Unmap(first);
        Assert.Equal(AttachmentState.Mapped, decoder.State);
        decoder.Unmap(first);

        Assert.Equal((AttachmentState.Attached, 0), (decoder.State, memory.Open.Count));
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => decoder.Unmap(first)).Errno);
        DmaMapping both = decoder.Map(DmaDirection.Bidirectional);
        Assert.Same(both, decoder.Map(DmaDirection.ToDevice)); // covered by both directions
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => decoder.Unmap(first)).Errno); // one that is over
    }

    [Fact]
    public void A_direction_beyond_the_rights_of_the_device_is_refused_and_none_at_all_makes_no_sense()
    {
        var memory = new TestMemory();
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        using DmaBufAttachment display = buffer.Attach(TestMemory.Device("display", DmaAccess.Read));

        Assert.Equal(Errno.EACCES, Assert.Throws<TeeDriverException>(() => display.Map(DmaDirection.FromDevice)).Errno);
        Assert.Equal(Errno.EACCES, Assert.Throws<TeeDriverException>(() => display.Map(DmaDirection.Bidirectional)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => display.Map(DmaDirection.None)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => display.Map((DmaDirection)7)).Errno);

        Assert.Equal(AttachmentState.Attached, display.State);
        display.Map(DmaDirection.ToDevice);
    }

    [Fact]
    public void Detaching_unmaps_and_closing_the_handle_of_a_mapped_buffer_frees_nothing()
    {
        var memory = new TestMemory();
        DmaBufHandle buffer = memory.ToHandle(_exports);
        DmaBufAttachment display = buffer.Attach(TestMemory.Device("display", DmaAccess.Read));
        display.Map(DmaDirection.ToDevice);

        buffer.Dispose();
        Assert.Equal((1, 0), (memory.Open.Count, memory.Releases));
        display.Dispose();
        display.Dispose();

        Assert.Equal((0, 1), (memory.Open.Count, memory.Releases));
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => display.Map(DmaDirection.ToDevice)).Errno);
    }

    [Fact]
    public void A_mapping_whose_attachment_was_forgotten_is_shut_before_the_memory_is_freed()
    {
        int openAtRelease = -1;
        TestMemory? memory = null;
        memory = new TestMemory { OnRelease = _ => openAtRelease = memory!.Open.Count };
        var buffer = new DmaBufObject(memory, 0x2000);
        DmaBufHandle reference = new LocalDmaBuf(buffer, _exports);
        DmaBufAttachment display = buffer.Sharing.Attach(reference, TestMemory.Device("display", DmaAccess.Read), importer: null);
        display.Map(DmaDirection.ToDevice);

        reference.Dispose(); // what its finalizer does when nobody holds the attachment any more

        Assert.Equal((0, 1, AttachmentState.Detached), (openAtRelease, memory.Releases, display.State));
    }

    [Fact]
    public void An_iommu_that_is_full_refuses_the_mapping_and_the_gate_is_shut_again()
    {
        var memory = new TestMemory { Ranges = [TestMemory.Physical(0x4000_0000, 0x2000)] };
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        using DmaBufAttachment gpu = buffer.Attach(TestMemory.Device("gpu", DmaAccess.ReadWrite) with { Iommu = new IommuSpace(13) });

        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(() => gpu.Map(DmaDirection.ToDevice)).Errno);

        Assert.Equal((AttachmentState.Attached, 0), (gpu.State, memory.Open.Count));
    }

    [Fact]
    public void Whoever_asks_for_a_cpu_mapping_of_restricted_memory_is_refused_and_the_gate_has_heard_it()
    {
        var memory = new TestMemory();
        using DmaBufHandle buffer = memory.ToHandle(_exports);

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => buffer.Map().Length).Errno);
        Assert.Equal(Errno.EPERM, Assert.Throws<TeeDriverException>(() => buffer.BeginCpuAccess(DmaDirection.FromDevice, TimeSpan.Zero)).Errno);

        Assert.Equal([("cpu", DmaDirection.Bidirectional, false), ("cpu", DmaDirection.FromDevice, false)], memory.Decisions);
    }

    [Fact]
    public void Every_state_and_event_of_an_attachment_has_an_answer()
    {
        foreach (AttachmentState state in Enum.GetValues<AttachmentState>())
        {
            foreach (AttachmentEvent what in Enum.GetValues<AttachmentEvent>())
            {
                (AttachmentState next, Errno? refusal) = AttachmentTransitions.On(state, what);

                Assert.True(refusal is null || next == state, $"{state} is left by {what}, though that is refused.");
            }
        }
    }
}
