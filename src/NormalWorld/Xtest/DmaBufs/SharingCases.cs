using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;
using static RestrictedTee.Xtest.DmaBufs.DmaBufExpectations;

namespace RestrictedTee.Xtest.DmaBufs;

/// <summary>4001–4008: buffers among devices.</summary>
internal static class SharingCases
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    internal static readonly XtestCase[] All =
    [
        new("dmabuf_4001", "Attach, map, unmap and detach", MapAndUnmap),
        new("dmabuf_4002", "A device that could never reach the buffer is refused when it is attached", OutOfReach),
        new("dmabuf_4003", "Revocation, and granting again", Revoke),
        new("dmabuf_4004", "Ordinary memory moves with its content under a device that listens", Move),
        new("dmabuf_4005", "Fences with deadlines", Fences),
        new("dmabuf_4006", "The CPU is kept away from what is restricted, and from nothing else", CpuAccess),
        new("dmabuf_4007", "The last of handles, descriptors and attachments frees", LastClose),
        new("dmabuf_4008", "What heaps and buffers tell of themselves", Query),
    ];

    private static void MapAndUnmap(CaseRun c)
    {
        using DmaBufHandle buffer = c.Tee.AllocateRestricted(Heap, Size);
        DmaBufAttachment decoder = buffer.Attach(c.Decoder);
        using DmaBufAttachment display = buffer.Attach(c.Display);
        DmaMapping mapping = decoder.Map(DmaDirection.FromDevice);
        c.Expect(mapping.Device is [{ Length: WholePages }], "one range of whole pages");
        c.Expect(mapping.Memory[0].Attributes.HasFlag(RangeAttributes.Protected), "protected memory");
        c.Expect(decoder.Map(DmaDirection.FromDevice) == mapping, "the same mapping again");
        c.ExpectErrno(Errno.EBUSY, () => decoder.Map(DmaDirection.ToDevice));
        c.ExpectErrno(Errno.EACCES, () => display.Map(DmaDirection.FromDevice));
        c.ExpectErrno(Errno.EINVAL, () => display.Map(DmaDirection.None));
        c.ExpectErrno(Errno.EINVAL, () => display.Unmap(mapping));
        decoder.Unmap(mapping);
        decoder.Unmap(mapping);
        c.ExpectErrno(Errno.EINVAL, () => decoder.Unmap(mapping));
        decoder.Dispose();
        c.ExpectErrno(Errno.EINVAL, () => decoder.Map(DmaDirection.ToDevice));
        c.ExpectTaUsesIt(buffer);
    }

    private static void OutOfReach(CaseRun c)
    {
        using DmaBufHandle buffer = c.Tee.AllocateRestricted(Heap, Size);
        c.ExpectErrno(Errno.EBUSY, () => buffer.Attach(c.Decoder with { AddressBits = 16 }));
        c.ExpectErrno(Errno.EACCES, () => buffer.Attach(new DmaDevice { Name = "stranger" }));
        c.ExpectErrno(Errno.EOPNOTSUPP, () => buffer.Attach(c.Decoder with { Heaps = ["system"] }));
        c.ExpectErrno(Errno.EOPNOTSUPP, () => buffer.Attach(c.Decoder with { Takes = Placements.Dynamic }));
        c.ExpectErrno(Errno.EINVAL, () => buffer.Attach(c.Decoder with { Takes = Placements.Revocable })); // nobody would hear it
        c.Expect(buffer.FindAttachProblem(c.Decoder) is null && buffer.Info.Attachments == 0, "no attachment left, and room for one");
    }

    private static void Revoke(CaseRun c)
    {
        using DmaBufHandle buffer = c.Tee.AllocateRestricted(Heap, Size);
        var importer = new Importer();
        using DmaBufAttachment vfio = buffer.Attach(c.Decoder with { Takes = Placements.Revocable }, importer);
        DmaMapping mapping = vfio.Map(DmaDirection.Bidirectional);
        using (DmaBufAttachment compositor = buffer.Attach(c.Display))
        {
            compositor.Map(DmaDirection.ToDevice);
            c.ExpectErrno(Errno.EBUSY, buffer.Revoke); // it takes none that can be revoked
        }

        buffer.Revoke();
        c.Expect(vfio.State == AttachmentState.Stale && buffer.Info.IsRevoked, "a stale mapping of a revoked buffer");
        vfio.Unmap(mapping);
        c.ExpectErrno(Errno.ENODEV, () => vfio.Map(DmaDirection.ToDevice));
        c.ExpectErrno(Errno.ENODEV, () => buffer.Attach(c.Display));
        buffer.Grant();
        vfio.Map(DmaDirection.ToDevice);
        c.Expect(importer.Heard.SequenceEqual([BufferChange.Revoked, BufferChange.Granted]), "an importer that heard of both");
        c.ExpectErrno(Errno.EOPNOTSUPP, buffer.Sharing.Move); // where it lies is the TEE's business
    }

    private static void Move(CaseRun c)
    {
        using DmaBufHandle buffer = c.Tee.AllocateRestricted("system", Size), obstacle = c.Tee.AllocateRestricted("system", Size);
        DmaMapping? mapping = null;
        var importer = new Importer((attachment, _) =>
        {
            attachment.Unmap(mapping!);
            mapping = attachment.Map(DmaDirection.ToDevice);
        });
        using DmaBufAttachment gpu = buffer.Attach(new DmaDevice { Name = "gpu", Takes = Placements.Dynamic }, importer);
        mapping = gpu.Map(DmaDirection.ToDevice);
        ulong before = mapping.Device[0].Address;
        buffer.Sharing.Move();
        c.Expect(gpu.State == AttachmentState.Mapped && mapping.Device[0].Address != before, "a new mapping of another place");
        using (DmaBufAttachment pinned = buffer.Attach(new DmaDevice { Name = "scanout" }))
        {
            pinned.Map(DmaDirection.ToDevice);
            c.ExpectErrno(Errno.EBUSY, buffer.Sharing.Move);
        }

        buffer.Map().Fill(0x5A);
        c.ExpectErrno(Errno.EBUSY, buffer.Sharing.Move); // the CPU has it
        c.Expect(!obstacle.Map().ContainsAnyExcept((byte)0), "a neighbour that nobody wrote to");
    }

    private static void Fences(CaseRun c)
    {
        using DmaBufHandle buffer = c.Tee.AllocateRestricted(Heap, Size);
        DmaFence decode = new("decoder", Long), dead = new("dead display", TimeSpan.FromMilliseconds(5));
        buffer.Fences.AddWriter(decode);
        c.ExpectErrno(Errno.ETIMEDOUT, () => DmaReservation.WaitAll(buffer.Fences.AddReader(dead), TimeSpan.Zero, asWriter: false));
        decode.Signal();
        buffer.Fences.Wait(asWriter: false, Long);
        c.ExpectErrno(Errno.ETIMEDOUT, () => buffer.Fences.Wait(asWriter: true, Long)); // by its own deadline, long before ours
        DmaFence again = new("decoder", Long);
        buffer.Fences.AddWriter(again);
        again.Fail(Errno.EIO);
        c.ExpectErrno(Errno.EIO, () => buffer.Fences.Wait(asWriter: false, Long));
    }

    private static void CpuAccess(CaseRun c)
    {
        using DmaBufHandle restricted = c.Tee.AllocateRestricted(Heap, Size), plain = c.Tee.AllocateRestricted("system", Size);
        c.ExpectTaUsesIt(restricted);
        var scanout = new DmaFence("display", Long);
        plain.Fences.AddReader(scanout);
        plain.BeginCpuAccess(DmaDirection.FromDevice, TimeSpan.Zero);
        c.ExpectErrno(Errno.ETIMEDOUT, () => plain.BeginCpuAccess(DmaDirection.ToDevice, TimeSpan.Zero));
        scanout.Signal();
        plain.BeginCpuAccess(DmaDirection.ToDevice, TimeSpan.Zero);
        plain.Map().Fill(7);
        c.Expect(plain.Map().Length == (int)WholePages && plain.Map()[^1] == 7, "whole pages that keep what is written");
    }

    private static void LastClose(CaseRun c)
    {
        int before = c.HeapOf(Heap).Buffers;
        DmaBufHandle buffer = c.Tee.AllocateRestricted(Heap, Size);
        SafeFileHandle descriptor = buffer.ExportDescriptor();
        DmaBufAttachment display = buffer.Attach(c.Display);
        display.Map(DmaDirection.ToDevice);
        buffer.Dispose();
        descriptor.Dispose(); // which the watcher of descriptors hears of
        c.Expect(c.HeapOf(Heap).Buffers == before + 1, "a buffer that its attachment keeps");
        display.Dispose();
        c.Expect(SpinWait.SpinUntil(() => c.HeapOf(Heap).Buffers == before, Long), "a buffer that is freed");
        c.ExpectErrno(Errno.EBADF, () => buffer.Duplicate());
    }

    private static void Query(CaseRun c)
    {
        using DmaBufHandle restricted = c.Tee.AllocateRestricted(Heap, Size), plain = c.Tee.AllocateRestricted("system", Size);
        DmaBufInfo info = restricted.Info;
        c.Expect(info is { HeapName: Heap, Size: WholePages, Restriction: RestrictionKind.NoCpuMapping, RestrictedBy: "TEE" }, "a buffer that says by whom it is restricted");
        c.Expect(info.Offers == (Placements.Pinned | Placements.Revocable), "a buffer that says that it can be revoked");
        c.Expect(plain.Info is { Restriction: RestrictionKind.None, RestrictedBy: "" }, "a buffer that is not restricted");
        c.Expect(c.HeapOf(Heap) is { Charged: >= WholePages, Peak: >= WholePages }, "use and peak");
        c.Expect(c.HeapOf(Heap).Clients.Any(client => client.Pid == Environment.ProcessId), "this process among the clients");
    }

    private sealed class Importer(Action<DmaBufAttachment, BufferChange>? onChange = null) : IDmaImporter
    {
        internal List<BufferChange> Heard { get; } = [];

        public void MoveNotify(DmaBufAttachment attachment, BufferChange change)
        {
            Heard.Add(change);
            onChange?.Invoke(attachment, change);
        }
    }
}
