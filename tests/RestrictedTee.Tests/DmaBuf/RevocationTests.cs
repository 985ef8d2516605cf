using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.DmaBuf;

/// <summary>Buffers that are moved under their devices, or taken away from them and given again.</summary>
public sealed class RevocationTests : IDisposable
{
    private const Placements All = Placements.Pinned | Placements.Revocable | Placements.Dynamic;

    private readonly DmaBufExports _exports = new();

    public void Dispose() => _exports.Dispose();

    [Theory]
    [InlineData(Placements.Pinned, All, Placements.Pinned)]
    [InlineData(Placements.Pinned | Placements.Revocable, Placements.Pinned, Placements.Pinned)]
    [InlineData(Placements.Pinned | Placements.Revocable, All, Placements.Revocable)]
    [InlineData(Placements.Pinned | Placements.Dynamic, Placements.Pinned | Placements.Revocable, Placements.Pinned)]
    [InlineData(All, All, Placements.Dynamic)]
    [InlineData(Placements.Revocable, Placements.Pinned | Placements.Dynamic, Placements.None)]
    public void Exporter_and_importer_agree_on_the_most_that_both_have(Placements offers, Placements takes, Placements agreed) =>
        Assert.Equal(agreed, PlacementAgreement.Between(offers, takes));

    [Fact]
    public void A_revoked_buffer_is_shut_to_its_devices_at_once_and_can_be_mapped_again_when_it_is_granted_again()
    {
        var memory = new TestMemory { Offers = Placements.Revocable };
        var importer = new TestMemory.Importer();
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        DmaBufSharing sharing = buffer.Sharing;
        using DmaBufAttachment vfio = buffer.Attach(TestMemory.Device("vfio", DmaAccess.ReadWrite, Placements.Revocable), importer);
        DmaMapping before = vfio.Map(DmaDirection.Bidirectional);

        sharing.Revoke();
        sharing.Revoke();

        Assert.Equal((AttachmentState.Stale, 0), (vfio.State, memory.Open.Count));
        Assert.True(buffer.Info.IsRevoked);
        Assert.Equal(Errno.EBUSY, Assert.Throws<TeeDriverException>(() => vfio.Map(DmaDirection.Bidirectional)).Errno);
        vfio.Unmap(before);
        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => vfio.Map(DmaDirection.Bidirectional)).Errno);
        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => buffer.Attach(vfio.Device, importer)).Errno);
        sharing.Grant();
        sharing.Grant();
        vfio.Map(DmaDirection.Bidirectional);

        Assert.Equal([BufferChange.Revoked, BufferChange.Granted], importer.Heard);
        Assert.Single(memory.Open);
    }

    [Fact]
    public void A_compositor_that_takes_no_revocable_buffers_cannot_be_shot_down()
    {
        var memory = new TestMemory { Offers = Placements.Pinned | Placements.Revocable };
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        using DmaBufAttachment compositor = buffer.Attach(TestMemory.Device("compositor", DmaAccess.Read, Placements.Pinned));
        DmaMapping mapping = compositor.Map(DmaDirection.ToDevice);

        Assert.Equal(Errno.EBUSY, Assert.Throws<TeeDriverException>(buffer.Sharing.Revoke).Errno);

        Assert.Equal((AttachmentState.Mapped, 1), (compositor.State, memory.Open.Count));
        compositor.Unmap(mapping);
        buffer.Sharing.Revoke();
    }

    [Fact]
    public void A_device_that_may_lose_the_buffer_needs_a_driver_that_listens()
    {
        using DmaBufHandle buffer = new TestMemory { Offers = Placements.Revocable }.ToHandle(_exports);

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => buffer.Attach(TestMemory.Device("vfio", DmaAccess.Read, Placements.Revocable))).Errno);
        Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<TeeDriverException>(new TestMemory().ToHandle(_exports).Sharing.Revoke).Errno);
    }

    [Fact]
    public void A_buffer_moves_under_a_dynamic_importer_which_maps_anew_from_within_the_notification()
    {
        var memory = new TestMemory { Offers = Placements.Dynamic };
        ulong before = memory.Ranges[0].Address;
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        DmaMapping? mapping = null;
        var importer = new TestMemory.Importer((attachment, _) =>
        {
            attachment.Unmap(mapping!);
            mapping = attachment.Map(DmaDirection.ToDevice);
        });
        using DmaBufAttachment gpu = buffer.Attach(TestMemory.Device("gpu", DmaAccess.Read, Placements.Dynamic), importer);
        mapping = gpu.Map(DmaDirection.ToDevice);

        buffer.Sharing.Move();

        Assert.Equal([BufferChange.Moved], importer.Heard);
        Assert.NotEqual(before, mapping.Memory[0].Address);
        Assert.Equal((AttachmentState.Mapped, 1), (gpu.State, memory.Open.Count));
    }

    [Fact]
    public void A_buffer_that_somebody_pinned_or_works_on_does_not_move()
    {
        var memory = new TestMemory { Offers = Placements.Pinned | Placements.Dynamic };
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        using DmaBufAttachment display = buffer.Attach(TestMemory.Device("display", DmaAccess.Read));
        DmaMapping mapping = display.Map(DmaDirection.ToDevice);
        Errno Move() => Assert.Throws<TeeDriverException>(buffer.Sharing.Move).Errno;

        Assert.Equal(Errno.EBUSY, Move());
        display.Unmap(mapping);
        var fence = new DmaFence("display", TimeSpan.FromMinutes(1));
        buffer.Fences.AddReader(fence);
        Assert.Equal(Errno.EBUSY, Move());
        fence.Signal();
        memory.MoveFailure = Errno.ENOMEM;
        Assert.Equal(Errno.ENOMEM, Move());
        memory.MoveFailure = null;
        buffer.Sharing.Move();

        Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<TeeDriverException>(new TestMemory().ToHandle(_exports).Sharing.Move).Errno);
    }

    [Fact]
    public void A_move_that_fails_leaves_the_buffer_where_it_was_and_its_importers_told()
    {
        var memory = new TestMemory { Offers = Placements.Dynamic, MoveFailure = Errno.ENOMEM };
        var importer = new TestMemory.Importer();
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        using DmaBufAttachment gpu = buffer.Attach(TestMemory.Device("gpu", DmaAccess.Read, Placements.Dynamic), importer);
        DmaMapping mapping = gpu.Map(DmaDirection.ToDevice);

        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(buffer.Sharing.Move).Errno);

        Assert.Equal((AttachmentState.Stale, 0), (gpu.State, memory.Open.Count));
        Assert.Equal([BufferChange.Moved], importer.Heard);
        gpu.Unmap(mapping);
        Assert.Equal(mapping.Memory, gpu.Map(DmaDirection.ToDevice).Memory);
    }

    [Fact]
    public void Devices_that_map_while_the_buffer_is_revoked_moved_and_granted_have_it_only_while_they_may()
    {
        var memory = new TestMemory { Offers = Placements.Revocable | Placements.Dynamic };
        using DmaBufHandle buffer = memory.ToHandle(_exports);
        using var stop = new CancellationTokenSource();
        var unexpected = new System.Collections.Concurrent.ConcurrentQueue<string>();
        void Drive(string name)
        {
            int mapped = 0;
            while (!stop.IsCancellationRequested || mapped == 0)
            {
                try
                {
                    using DmaBufAttachment attachment = buffer.Attach(TestMemory.Device(name, DmaAccess.Read, Placements.Revocable | Placements.Dynamic), new TestMemory.Importer());
                    DmaMapping mapping = attachment.Map(DmaDirection.ToDevice);
                    attachment.Unmap(mapping);
                    mapped++;
                }
                catch (TeeDriverException e) when (e.Errno == Errno.ENODEV)
                {
                    // Revoked at that moment.
                }
                catch (Exception e)
                {
                    unexpected.Enqueue(e.Message);
                    return;
                }
            }
        }

        Thread[] drivers = [.. new[] { "first plane", "second plane" }.Select(name => new Thread(() => Drive(name)))];
        Array.ForEach(drivers, driver => driver.Start());
        for (int round = 0; round < 2000; round++)
        {
            buffer.Sharing.Revoke();
            Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(buffer.Sharing.Move).Errno);
            buffer.Sharing.Grant();
            buffer.Sharing.Move();
        }

        stop.Cancel();

        Assert.All(drivers, driver => Assert.True(driver.Join(TimeSpan.FromMinutes(1))));
        Assert.Empty(unexpected);
        Assert.Equal((0, 0), (memory.Open.Count, buffer.Info.Attachments));
    }

    [Fact]
    public void A_driver_that_fails_when_it_is_told_does_not_keep_the_others_from_hearing_it()
    {
        using DmaBufHandle buffer = new TestMemory { Offers = Placements.Revocable }.ToHandle(_exports);
        var bad = new TestMemory.Importer((_, _) => throw new InvalidOperationException());
        var good = new TestMemory.Importer();
        using DmaBufAttachment first = buffer.Attach(TestMemory.Device("bad", DmaAccess.Read, Placements.Revocable), bad);
        using DmaBufAttachment second = buffer.Attach(TestMemory.Device("good", DmaAccess.Read, Placements.Revocable), good);

        buffer.Sharing.Revoke();

        Assert.Equal([BufferChange.Revoked], good.Heard);
    }
}
