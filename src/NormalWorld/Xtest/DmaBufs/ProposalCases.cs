using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Xtest.Framework;
using static RestrictedTee.Xtest.DmaBufs.DmaBufExpectations;

namespace RestrictedTee.Xtest.DmaBufs;

/// <summary>4016–4027: what each proposal for restricted memory promised.</summary>
internal static class ProposalCases
{
    internal static readonly XtestCase[] All =
    [
        new("dmabuf_4016", "SMAF v10 (2016): memory that comes with the first mapping", Smaf),
        ReservedMemoryCases.LinaroSecureHeap,
        new("dmabuf_4024", "MediaTek's two-step restricted heap (2024): ordinary memory, restricted afterwards", TwoSteps) { NeedsHeap = VendorHeap.Name, BoardWithHeap = "dynamic" },
        new("dmabuf_4025", "The TEE's restricted dma-bufs v4 (2024): TEE_IOC_RSTMEM_ALLOC", RstmemAlloc),
        new("dmabuf_4026", "The TEE's restricted dma-bufs: the dma-heap form", DmaHeapForm),
        ReservedMemoryCases.StaticPermissions,
    ];

    private static void Smaf(CaseRun c)
    {
        c.Expect(c.Tee.Device.GetAllocators() is [Heap, .., "system"], "allocators, the preferred first");
        int before = c.HeapOf(Heap).Buffers;
        using (DmaBufHandle buffer = c.Tee.Device.CreateBuffer(Size))
        {
            c.Tee.Device.SetSecure(buffer, secure: true);
            c.ExpectErrno(Errno.EINVAL, () => buffer.Attach(new DmaDevice { Name = "stranger" })); // no allocator could satisfy it
            using DmaBufAttachment decoder = buffer.Attach(c.Decoder), display = buffer.Attach(c.Display);
            c.Expect(c.HeapOf(Heap).Buffers == before && buffer.Info.HeapName == "smaf", "no memory yet");
            DmaMapping mapping = decoder.Map(DmaDirection.FromDevice);
            c.Expect(c.HeapOf(Heap).Buffers == before + 1 && buffer.Info.HeapName == Heap, "memory of the best allocator");
            c.Expect(mapping.Device is [{ Length: WholePages }], "whole pages");
            display.Map(DmaDirection.ToDevice);
            c.ExpectErrno(Errno.EBUSY, () => c.Tee.Device.SetSecure(buffer, secure: false));
            c.ExpectTaUsesIt(buffer);
        }

        c.Expect(c.HeapOf(Heap).Buffers == before, "memory that is freed");
        using DmaBufHandle software = c.Tee.Device.CreateBuffer(Size, "system");
        c.Expect(software.Map().Length == (int)WholePages, "whole pages for software");
        c.ExpectErrno(Errno.EINVAL, () => c.Tee.Device.CreateBuffer(Size, "nobody").Dispose());
    }

    private static void TwoSteps(CaseRun c)
    {
        HeapInfo before = c.HeapOf(VendorHeap.Name);
        using (DmaBufHandle buffer = c.Tee.AllocateRestricted(VendorHeap.Name, Size))
        {
            using DmaBufAttachment decoder = buffer.Attach(c.Decoder);
            DmaMapping mapping = decoder.Map(DmaDirection.Bidirectional);
            c.Expect(mapping.Memory is [{ Provider.Cookie: 0, Attributes: RangeAttributes.Protected }], "a range whose place the normal world knows");
            c.Expect(buffer.Info is { Restriction: RestrictionKind.MappingWithoutAccess, Size: WholePages }, "a mapping without access");
            c.ExpectTaUsesIt(buffer);
        }

        c.Expect(c.HeapOf(VendorHeap.Name).Buffers == before.Buffers && c.HeapOf(VendorHeap.Name).Charged == before.Charged, "both steps taken back");
    }

    private static void RstmemAlloc(CaseRun c)
    {
        using DmaBufHandle buffer = c.Tee.AllocateRestricted(UseCase.SecureVideoPlay, Size);
        c.Log($"{c.HeapOf(Heap).Kind} pool");
        c.Expect(buffer.ShmId > 0 && c.Tee.Device.GetRestrictedInfo(buffer).Id == buffer.ShmId, "an id for the buffer");
        MapAndUse(c, buffer);
        c.ExpectErrno(Errno.EINVAL, () => c.Tee.AllocateRestricted((UseCase)0, Size));
    }

    private static void DmaHeapForm(CaseRun c)
    {
        using DmaBufHandle buffer = c.Tee.AllocateRestricted("/dev/dma_heap/" + Heap, Size);
        c.Expect(buffer.ShmId == -1, "a descriptor alone");
        MapAndUse(c, buffer);
        c.ExpectErrno(Errno.ENOENT, () => c.Tee.AllocateRestricted("protected,nothing", Size));
    }

    private static void MapAndUse(CaseRun c, DmaBufHandle buffer)
    {
        using DmaBufAttachment decoder = buffer.Attach(c.Decoder), display = buffer.Attach(c.Display);
        DmaMapping written = decoder.Map(DmaDirection.FromDevice), read = display.Map(DmaDirection.ToDevice);
        c.Expect(written.Device is [{ Handle: not 0, Address: 0, Length: WholePages }], "a buffer that is named, whole pages of it");
        c.Expect(read.Device[0].Handle != written.Device[0].Handle, "a handle of its own for each device");
        c.ExpectTaUsesIt(buffer);
        decoder.Unmap(written);
    }
}
