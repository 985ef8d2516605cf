using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>The ioctls about restricted buffers.</summary>
internal static class RestrictedMemoryIoctls
{
    internal static void Allocate(TeeFile file, ref TeeIoctlRstmemAllocData data, ref IoctlFrame frame)
    {
        using DmaBufHandle handle = file.Device.AllocateRestricted((UseCase)data.UseCase, data.Size, data.Flags);
        frame.DescriptorOut = handle.ExportDescriptor();
        (data.Size, data.Id) = (handle.Size, handle.ShmId);
    }

    internal static void Describe(TeeFile file, ref TeeIoctlRstmemFdInfoData data, ref IoctlFrame frame)
    {
        SafeFileHandle descriptor = frame.DescriptorIn ?? throw Descriptors.NotOpen(data.Fd);
        DmaBufObject buffer = file.Exports.Find(descriptor)
            ?? throw new TeeDriverException(Errno.EINVAL, "The descriptor is no restricted dma-buf of this TEE.");
        try
        {
            if (!buffer.Exporter.Restriction.IsRestricted)
                throw new TeeDriverException(Errno.EINVAL, "The descriptor is no restricted dma-buf of this TEE.");
            data = file.Device.Describe(buffer) with { Fd = data.Fd };
        }
        finally
        {
            buffer.Release();
        }
    }

    internal static void AllocateFromHeap(HeapFile file, ref DmaHeapAllocationData data, ref IoctlFrame frame)
    {
        const ulong ValidFdFlags = 0x80000 | 3; // O_CLOEXEC | O_ACCMODE
        if ((data.FdFlags & ~ValidFdFlags) != 0 || data.HeapFlags != 0 || data.Fd != 0)
            throw new TeeDriverException(Errno.EINVAL, $"Flags 0x{data.FdFlags:x}/0x{data.HeapFlags:x} are not known.");
        DmaBufObject buffer = file.Heap.Allocate(data.Length, flags: 0, file.Client, file.Maps);
        try
        {
            if (buffer.Memory.File is { } memory)
            {
                frame.DescriptorOut = Descriptors.Duplicate(memory);
                frame.Held = file.Exports.KeepMapped(buffer);
            }
            else
            {
                frame.DescriptorOut = buffer.Export(file.Exports);
            }
        }
        finally
        {
            buffer.Release(); // the descriptor keeps it
        }
    }
}
