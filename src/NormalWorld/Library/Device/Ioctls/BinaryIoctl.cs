using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>
/// The ioctls in their binary form, as a client of the real /dev/tee0 issues them: request number and structure in, errno,
/// structure and descriptor out. One method per request; the table of <see cref="TeeIoctl.Requests"/> is what it serves.
/// </summary>
internal sealed class BinaryIoctl(TeeDevice device, TeeDeviceHost host, UserMemory user)
{
    private delegate void Handler(ref IoctlFrame frame);

    private readonly Dictionary<int, TeeShm> _descriptors = [];

    /// <summary>Carries one out.</summary>
    /// <exception cref="TeeDriverException">The errno; ENOTTY for a request that is not known.</exception>
    internal void Handle(uint request, ref IoctlFrame frame)
    {
        int size = (int)((request >> 16) & 0x3FFF);
        if (Find(request) is not { } handler)
            throw new TeeDriverException(Errno.ENOTTY, $"Request 0x{request:x8} is not one of a TEE device.");
        if (frame.Argument.Length != size)
            throw new TeeDriverException(Errno.EINVAL, $"Request 0x{request:x8} takes {size} bytes, not {frame.Argument.Length}.");
        handler(ref frame);
    }

    /// <summary>Whether a request is dispatched, for the test that compares with the table.</summary>
    internal bool Serves(uint request) => request == TeeIoctl.DmaHeapAlloc || Find(request) is not null;

    /// <summary>DMA_HEAP_IOCTL_ALLOC on a heap that was opened by name.</summary>
    internal void HandleHeap(string heapName, uint request, ref IoctlFrame frame)
    {
        const ulong ValidFdFlags = 0x80000 | 3; // O_CLOEXEC | O_ACCMODE
        RestrictedHeap heap = host.Heaps.Named(heapName);
        if (request != TeeIoctl.DmaHeapAlloc)
            throw new TeeDriverException(Errno.ENOTTY, $"Request 0x{request:x8} is not one of a dma-heap.");
        ref DmaHeapAllocationData data = ref As<DmaHeapAllocationData>(frame.Argument);
        if ((data.FdFlags & ~ValidFdFlags) != 0 || data.HeapFlags != 0 || data.Fd != 0)
            throw new TeeDriverException(Errno.EINVAL, $"Flags 0x{data.FdFlags:x}/0x{data.HeapFlags:x} are not known.");
        DmaBufObject buffer = heap.Allocate(data.Length, flags: 0);
        frame.DescriptorOut = buffer.Export(host.Exports);
        buffer.Release(); // the descriptor keeps it
    }

    /// <summary>What closing a shared-memory descriptor does.</summary>
    internal void CloseShm(int id)
    {
        TeeShm? shm;
        lock (_descriptors)
            _descriptors.Remove(id, out shm);
        if (shm is null)
            throw new TeeDriverException(Errno.EBADF, $"Shared memory {id} is not open.");
        shm.Dispose();
    }

    private Handler? Find(uint request) =>
        request == TeeIoctl.Version ? Version
        : request == TeeIoctl.ShmAlloc ? ShmAlloc
        : request == TeeIoctl.ShmRegister ? ShmRegister
        : request == TeeIoctl.ShmRegisterFd ? ShmRegisterFd
        : request == TeeIoctl.OpenSession ? OpenSession
        : request == TeeIoctl.Invoke ? Invoke
        : request == TeeIoctl.Cancel ? Cancel
        : request == TeeIoctl.CloseSession ? CloseSession
        : request == TeeIoctl.SupplRecv ? SupplRecv
        : request == TeeIoctl.SupplSend ? SupplSend
        : request == TeeIoctl.RstmemAlloc ? RstmemAlloc
        : request == TeeIoctl.RstmemFdInfo ? RstmemFdInfo
        : null;

    private void Version(ref IoctlFrame frame) => As<TeeIoctlVersionData>(frame.Argument) = device.GetVersion();

    private void ShmAlloc(ref IoctlFrame frame)
    {
        ref TeeIoctlShmAllocData data = ref As<TeeIoctlShmAllocData>(frame.Argument);
        NoFlags(data.Flags);
        TeeShm shm = device.Allocate(data.Size, ownBank: true);
        (data.Size, data.Flags, data.Id) = (shm.Size, TeeIoctl.ShmMapped, shm.Id);
        frame.DescriptorOut = Keep(shm, Duplicate(shm.Block!.Bank.Memfd));
    }

    private void ShmRegister(ref IoctlFrame frame)
    {
        ref TeeIoctlShmRegisterData data = ref As<TeeIoctlShmRegisterData>(frame.Argument);
        NoFlags(data.Flags);
        TeeShm shm = device.RegisterShm(user, data.Address, data.Length);
        data.Id = shm.Id;
        frame.DescriptorOut = Keep(shm, Token());
    }

    private void ShmRegisterFd(ref IoctlFrame frame)
    {
        ref TeeIoctlShmRegisterFdData data = ref As<TeeIoctlShmRegisterFdData>(frame.Argument);
        NoFlags(data.Flags);
        SafeFileHandle descriptor = frame.DescriptorIn ?? throw NoDescriptor(data.Fd);
        TeeShm shm = host.Exports.Find(descriptor) is { } buffer
            ? device.RegisterShmFd(buffer)
            : device.RegisterMemfd(Duplicate(descriptor));
        (data.Size, data.Flags, data.Id) = (shm.Size, TeeIoctl.ShmDmaBuf, shm.Id);
        frame.DescriptorOut = Keep(shm, Token());
    }

    private void OpenSession(ref IoctlFrame frame)
    {
        ref TeeIoctlOpenSessionArg argument = ref Head<TeeIoctlOpenSessionArg>(ref frame);
        device.OpenSession(ref argument, Params<TeeIoctlOpenSessionArg>(ref frame, argument.NumParams));
    }

    private void Invoke(ref IoctlFrame frame)
    {
        ref TeeIoctlInvokeArg argument = ref Head<TeeIoctlInvokeArg>(ref frame);
        device.Invoke(ref argument, Params<TeeIoctlInvokeArg>(ref frame, argument.NumParams));
    }

    private void Cancel(ref IoctlFrame frame)
    {
        ref TeeIoctlCancelArg argument = ref As<TeeIoctlCancelArg>(frame.Argument);
        device.Cancel(argument.CancelId, argument.Session);
    }

    private void CloseSession(ref IoctlFrame frame) => device.CloseSession(As<uint>(frame.Argument));

    private void SupplRecv(ref IoctlFrame frame)
    {
        ref TeeIoctlSupplicantArg argument = ref Head<TeeIoctlSupplicantArg>(ref frame);
        Span<TeeIoctlParam> room = Params<TeeIoctlSupplicantArg>(ref frame, argument.NumParams);
        SupplicantQueue.Pending request = device.ReceiveRequest();
        if (request.Parameters.Length > room.Length)
        {
            device.SendResponse(TeecResult.OutOfMemory, request.Parameters);
            throw new TeeDriverException(Errno.EINVAL, $"The request has {request.Parameters.Length} parameters, there is room for {room.Length}.");
        }

        request.Parameters.CopyTo(room);
        (argument.FuncOrRet, argument.NumParams) = (request.Function, (uint)request.Parameters.Length);
    }

    private void SupplSend(ref IoctlFrame frame)
    {
        ref TeeIoctlSupplicantArg argument = ref Head<TeeIoctlSupplicantArg>(ref frame);
        device.SendResponse((TeecResult)argument.FuncOrRet, Params<TeeIoctlSupplicantArg>(ref frame, argument.NumParams));
    }

    private void RstmemAlloc(ref IoctlFrame frame)
    {
        ref TeeIoctlRstmemAllocData data = ref As<TeeIoctlRstmemAllocData>(frame.Argument);
        using DmaBufHandle handle = device.AllocateRestricted((UseCase)data.UseCase, data.Size, data.Flags);
        data.Id = handle.ShmId;
        frame.DescriptorOut = handle.ExportDescriptor();
    }

    private void RstmemFdInfo(ref IoctlFrame frame)
    {
        ref TeeIoctlRstmemFdInfoData data = ref As<TeeIoctlRstmemFdInfoData>(frame.Argument);
        SafeFileHandle descriptor = frame.DescriptorIn ?? throw NoDescriptor(data.Fd);
        DmaBufObject buffer = host.Exports.Find(descriptor)
            ?? throw new TeeDriverException(Errno.EINVAL, "The descriptor is no restricted dma-buf of this TEE.");
        int fd = data.Fd;
        data = device.Describe(buffer) with { Fd = fd };
        buffer.Release();
    }

    private SafeFileHandle Keep(TeeShm shm, SafeFileHandle descriptor)
    {
        lock (_descriptors)
            _descriptors.Add(shm.Id, shm);
        return descriptor;
    }

    private static SafeFileHandle Duplicate(SafeFileHandle handle)
    {
        int fd = Libc.Dup(handle);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new TeeDriverException(Errno.EBADF, "Not an open descriptor.");
    }

    /// <summary>A descriptor for a registration, which has nothing to map.</summary>
    private static SafeFileHandle Token() => File.OpenHandle("/dev/null");

    private static void NoFlags(uint flags)
    {
        if (flags != 0)
            throw new TeeDriverException(Errno.EINVAL, $"Flags 0x{flags:x} must be 0.");
    }

    private static TeeDriverException NoDescriptor(long fd) => new(Errno.EBADF, $"Descriptor {fd} is not open.");

    private static ref T As<T>(Span<byte> bytes)
        where T : struct => ref MemoryMarshal.AsRef<T>(bytes);

    private static ref T Head<T>(ref IoctlFrame frame)
        where T : struct
    {
        if (frame.Buffer.Length < Unsafe.SizeOf<T>() || frame.Buffer.Length > TeeIoctl.MaxArgSize)
            throw new TeeDriverException(Errno.EINVAL, $"A buffer of {frame.Buffer.Length} bytes does not hold the argument.");
        return ref MemoryMarshal.AsRef<T>(frame.Buffer);
    }

    private static Span<TeeIoctlParam> Params<T>(ref IoctlFrame frame, uint count)
        where T : struct
    {
        Span<byte> rest = frame.Buffer[Unsafe.SizeOf<T>()..];
        if ((ulong)count * (ulong)Unsafe.SizeOf<TeeIoctlParam>() != (ulong)rest.Length)
            throw new TeeDriverException(Errno.EINVAL, $"{count} parameters do not fill the {rest.Length} bytes behind the argument.");
        return MemoryMarshal.Cast<byte, TeeIoctlParam>(rest);
    }
}
