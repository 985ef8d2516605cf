using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Allocators;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>An open of /dev/smaf.</summary>
internal sealed record SmafFile(CentralAllocator Allocator, DmaBufExports Exports, int Client);

/// <summary>The ioctls of the central allocator.</summary>
internal static class SmafIoctls
{
    internal static void Create(SmafFile file, ref SmafCreateData data, ref IoctlFrame frame)
    {
        CheckHead(data.Version, MemoryMarshal.AsBytes(new ReadOnlySpan<Padding32>(in data.Reserved3)), data.Reserved1, data.Reserved2);
        if ((data.Flags & ~SmafIoctl.ValidFlags) != 0)
            throw new TeeDriverException(Errno.EINVAL, $"Flags 0x{data.Flags:x} are not known.");
        DmaBufObject buffer = file.Allocator.Create(data.Length, data.Name.ToString(), file.Client);
        try
        {
            frame.DescriptorOut = buffer.Export(file.Exports);
        }
        finally
        {
            buffer.Release(); // the descriptor keeps it
        }
    }

    internal static void GetSecureFlag(SmafFile file, ref SmafSecureFlag data, ref IoctlFrame frame)
    {
        CheckHead(data.Version, MemoryMarshal.AsBytes(new ReadOnlySpan<Padding44>(in data.Reserved2)), data.Reserved1, 0);
        DmaBufObject buffer = Find(file, data.Fd, frame.DescriptorIn);
        try
        {
            data.Secure = file.Allocator.IsSecure(buffer) ? 1u : 0;
        }
        finally
        {
            buffer.Release();
        }
    }

    internal static void SetSecureFlag(SmafFile file, ref SmafSecureFlag data, ref IoctlFrame frame)
    {
        CheckHead(data.Version, MemoryMarshal.AsBytes(new ReadOnlySpan<Padding44>(in data.Reserved2)), data.Reserved1, 0);
        DmaBufObject buffer = Find(file, data.Fd, frame.DescriptorIn);
        try
        {
            file.Allocator.SetSecure(buffer, data.Secure != 0);
        }
        finally
        {
            buffer.Release();
        }
    }

    internal static void GetInfo(SmafFile file, ref SmafInfo data, ref IoctlFrame frame)
    {
        CheckHead(data.Version, MemoryMarshal.AsBytes(new ReadOnlySpan<Padding40>(in data.Reserved3)), data.Reserved1, data.Reserved2);
        IReadOnlyList<INamedAllocator> ranked = file.Allocator.Ranked;
        if (data.Index >= ranked.Count)
            throw new TeeDriverException(Errno.EINVAL, $"There is no allocator {data.Index}; there are {ranked.Count}.");
        (data.Count, data.Name) = ((uint)ranked.Count, SmafName.From(ranked[(int)data.Index].Name));
    }

    /// <summary>What a later version may mean something by must not mean anything now.</summary>
    private static void CheckHead(ulong version, ReadOnlySpan<byte> padding, uint reserved1, uint reserved2)
    {
        if (version != 0)
            throw new TeeDriverException(Errno.EINVAL, $"Version {version} of the structure is not known.");
        if (reserved1 != 0 || reserved2 != 0 || padding.ContainsAnyExcept((byte)0))
            throw new TeeDriverException(Errno.EINVAL, "A reserved member is not 0.");
    }

    private static DmaBufObject Find(SmafFile file, int fd, SafeFileHandle? descriptor) =>
        file.Exports.Find(descriptor ?? throw Descriptors.NotOpen(fd))
            ?? throw new TeeDriverException(Errno.EINVAL, "The descriptor is no dma-buf of this TEE.");
}
