using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>
/// Every ioctl that is served: a request is a row here and a method of its group. Dispatch, the shapes of arguments, <c>rtee abi</c>,
/// docs/abi.md and the completeness test come from these rows.
/// </summary>
public static class IoctlTables
{
    /// <summary>Of /dev/tee0 and /dev/teepriv0.</summary>
    internal static IoctlTable<TeeFile> Tee { get; } = new(
        "a TEE device",
        IoctlRow<TeeFile>.Plain<TeeIoctlVersionData>(TeeIoctl.Version, "TEE_IOC_VERSION", SessionIoctls.Version, Support.Full, "OP-TEE, GP, REG_MEM, MEMREF_NULL, RSTMEM; PRIVILEGED on the supplicant's device."),
        IoctlRow<TeeFile>.Plain<TeeIoctlShmAllocData>(TeeIoctl.ShmAlloc, "TEE_IOC_SHM_ALLOC", SharedMemoryIoctls.Allocate, Support.Full, "The descriptor is a memfd."),
        IoctlRow<TeeFile>.Buffer<TeeIoctlOpenSessionArg>(TeeIoctl.OpenSession, "TEE_IOC_OPEN_SESSION", SessionIoctls.Open, Support.Full, "Kernel logins are refused with EPERM, application logins with EINVAL."),
        IoctlRow<TeeFile>.Buffer<TeeIoctlInvokeArg>(TeeIoctl.Invoke, "TEE_IOC_INVOKE", SessionIoctls.Invoke, Support.Full, "A session of another context is EINVAL."),
        IoctlRow<TeeFile>.Plain<TeeIoctlCancelArg>(TeeIoctl.Cancel, "TEE_IOC_CANCEL", SessionIoctls.Cancel, Support.Full, "Session 0 with an id cancels an open of this context, for which Linux has no way."),
        IoctlRow<TeeFile>.Plain<uint>(TeeIoctl.CloseSession, "TEE_IOC_CLOSE_SESSION", SessionIoctls.Close, Support.Full, "Closing the device closes the rest."),
        IoctlRow<TeeFile>.Buffer<TeeIoctlSupplicantArg>(TeeIoctl.SupplRecv, "TEE_IOC_SUPPL_RECV", SupplicantIoctls.Receive, Support.Full, "With a first parameter META several requests, each by its id; else EINVAL while one is in hand."),
        IoctlRow<TeeFile>.Buffer<TeeIoctlSupplicantArg>(TeeIoctl.SupplSend, "TEE_IOC_SUPPL_SEND", SupplicantIoctls.Send, Support.Full, "EINVAL when nothing was received, ENOENT for an id that is none."),
        IoctlRow<TeeFile>.Plain<TeeIoctlShmRegisterFdData>(TeeIoctl.ShmRegisterFd, "TEE_IOC_SHM_REGISTER_FD", SharedMemoryIoctls.RegisterDescriptor, Support.Full, "A dma-buf of a heap of this TEE, or a memfd sealed against shrinking.",
            argument => MemoryMarshal.Read<TeeIoctlShmRegisterFdData>(argument).Fd),
        IoctlRow<TeeFile>.Plain<TeeIoctlShmRegisterData>(TeeIoctl.ShmRegister, "TEE_IOC_SHM_REGISTER", SharedMemoryIoctls.Register, Support.Partial, "Below rtee run the pages are shared (x86-64); elsewhere memory is copied in before and out after each call instead of being pinned."),
        IoctlRow<TeeFile>.Refused<TeeIoctlBufData>(TeeIoctl.ObjectInvoke, "TEE_IOC_OBJECT_INVOKE", Errno.EINVAL, "EINVAL: object references are not OP-TEE's, and its driver has no such call."),
        IoctlRow<TeeFile>.Plain<TeeIoctlRstmemAllocData>(TeeIoctl.RstmemAlloc, "TEE_IOC_RSTMEM_ALLOC", RestrictedMemoryIoctls.Allocate, Support.Full, "EINVAL for a use case without pool, ENOMEM when the pool is full. Sizes are rounded up to pages."),
        IoctlRow<TeeFile>.Plain<TeeIoctlRstmemFdInfoData>(TeeIoctl.RstmemFdInfo, "TEE_IOC_RSTMEM_FD_INFO", RestrictedMemoryIoctls.Describe, Support.Full, "EINVAL for a descriptor that is no restricted dma-buf.",
            argument => MemoryMarshal.Read<TeeIoctlRstmemFdInfoData>(argument).Fd));

    /// <summary>Of /dev/dma_heap/*.</summary>
    internal static IoctlTable<HeapFile> Heap { get; } = new(
        "a dma-heap",
        IoctlRow<HeapFile>.Plain<DmaHeapAllocationData>(TeeIoctl.DmaHeapAlloc, "DMA_HEAP_IOCTL_ALLOC", RestrictedMemoryIoctls.AllocateFromHeap, Support.Full, "On a heap opened by name."));

    /// <summary>Of /dev/smaf.</summary>
    internal static IoctlTable<SmafFile> Smaf { get; } = new(
        "the central allocator",
        IoctlRow<SmafFile>.Plain<SmafCreateData>(SmafIoctl.Create, "SMAF_IOC_CREATE", SmafIoctls.Create, Support.Full, "Memory comes with the first mapping. EINVAL for an allocator that there is not."),
        IoctlRow<SmafFile>.Plain<SmafSecureFlag>(SmafIoctl.GetSecureFlag, "SMAF_IOC_GET_SECURE_FLAG", SmafIoctls.GetSecureFlag, Support.Full, "0 for a buffer of anybody else's.",
            argument => MemoryMarshal.Read<SmafSecureFlag>(argument).Fd),
        IoctlRow<SmafFile>.Plain<SmafSecureFlag>(SmafIoctl.SetSecureFlag, "SMAF_IOC_SET_SECURE_FLAG", SmafIoctls.SetSecureFlag, Support.Full, "Before there is memory; then EBUSY. EINVAL when its devices could not use it.",
            argument => MemoryMarshal.Read<SmafSecureFlag>(argument).Fd),
        IoctlRow<SmafFile>.Plain<SmafInfo>(SmafIoctl.GetInfo, "SMAF_IOC_GET_INFO", SmafIoctls.GetInfo, Support.Full, "EINVAL for an index beyond the last."));

    /// <summary>Those of the central allocator, for listings.</summary>
    public static AbiSurface SmafSurface { get; } = new(
        "smaf", "ioctls of the central allocator", "include/uapi/linux/smaf.h of SMAF v10 (2016)", [.. Smaf.Rows.Select(row => row.ToAbiRow())]);

    /// <summary>Those of the TEE device and the heaps, for listings.</summary>
    public static AbiSurface Surface { get; } = new(
        "ioctl",
        "ioctls of the TEE device and the dma-heaps",
        "Linux include/uapi/linux/tee.h, dma-heap.h",
        [.. Tee.Rows.Select(row => row.ToAbiRow()), .. Heap.Rows.Select(row => row.ToAbiRow())]);
}
