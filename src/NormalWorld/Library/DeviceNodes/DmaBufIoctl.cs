using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>The ioctls of a dma-buf's own descriptor (include/uapi/linux/dma-buf.h). All memory here is coherent, so there is nothing to do for them.</summary>
internal static class DmaBufIoctl
{
    /// <summary>_IOC_TYPE of all of them.</summary>
    internal const uint Type = 'b';

    private const uint Sync = 0x4008_6200, SetName32 = 0x4004_6201, SetName64 = 0x4008_6201;
    private const ulong Direction = 3, ValidSyncFlags = 7; // DMA_BUF_SYNC_RW, DMA_BUF_SYNC_VALID_FLAGS_MASK

    internal static bool Is(uint request) => ((request >> 8) & 0xFF) == Type;

    /// <summary>Carries one out.</summary>
    /// <exception cref="TeeDriverException">EINVAL, EFAULT; ENOTTY: it is none of them, or about fences.</exception>
    internal static void Run(uint request, ulong argument, UserMemory memory)
    {
        if (request is SetName32 or SetName64)
            return; // nobody lists buffers by their names here
        if (request != Sync)
            throw new TeeDriverException(Errno.ENOTTY, $"Request 0x{request:x8} is not served for a dma-buf.");
        Span<byte> flags = stackalloc byte[sizeof(ulong)];
        memory.CopyFrom(argument, flags);
        if (BitConverter.ToUInt64(flags) is var value && ((value & ~ValidSyncFlags) != 0 || (value & Direction) == 0))
            throw new TeeDriverException(Errno.EINVAL, $"Flags 0x{value:x} of DMA_BUF_IOCTL_SYNC.");
    }
}
