using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>Which tee.h a client was built for: bit 4 of the capabilities and number 10 mean one thing in mainline and another in the patches.</summary>
public enum DeviceFace
{
    /// <summary>
    /// Linux 6.18: bit 4 says object references, which OP-TEE's driver does not have, and restricted memory comes from the dma-heaps. The
    /// requests of the patches are not known.
    /// </summary>
    Mainline,

    /// <summary>The mailing-list patches of 2024–25: bit 4 says TEE_IOC_RSTMEM_ALLOC.</summary>
    RestrictedMemoryPatches,
}

/// <summary>What a face shows of the device.</summary>
internal static class DeviceFaces
{
    /// <exception cref="TeeDriverException">EINVAL: it is none of the face's, as tee_core.c answers (tee_ioctl).</exception>
    internal static void Check(this DeviceFace face, uint request)
    {
        if (face == DeviceFace.Mainline && (request == TeeIoctl.RstmemAlloc || request == TeeIoctl.RstmemFdInfo))
            throw new TeeDriverException(Errno.EINVAL, $"Request 0x{request:x8} is of the patches for restricted memory, and not of mainline.");
    }

    /// <summary>Takes away what the face does not have.</summary>
    internal static void Show(this DeviceFace face, uint request, Span<byte> argument)
    {
        if (face == DeviceFace.Mainline && request == TeeIoctl.Version)
            MemoryMarshal.AsRef<TeeIoctlVersionData>(argument).GenCaps &= ~(uint)TeeIoctl.GenericCapabilities.RestrictedMemory;
    }
}
