using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>What a binary request may need beside its argument.</summary>
internal ref struct IoctlFrame
{
    /// <summary>The argument structure, read and written in place.</summary>
    internal Span<byte> Argument;

    /// <summary>What tee_ioctl_buf_data points to, already copied in; copied out again afterwards.</summary>
    internal Span<byte> Buffer;

    /// <summary>The descriptor that the argument names, when it names one.</summary>
    internal SafeFileHandle? DescriptorIn;

    /// <summary>The descriptor that the request returns, when it returns one.</summary>
    internal SafeFileHandle? DescriptorOut;
}

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
        if (Find(request) is not { } handler)
            throw new TeeDriverException(Errno.ENOTTY, $"Request 0x{request:x8} is not one of a TEE device.");
        CheckSize(request, frame.Argument);
        handler(ref frame);
    }

    /// <summary>Whether a request is dispatched, for the test that compares with the table.</summary>
    internal bool Serves(uint request) => request == TeeIoctl.DmaHeapAlloc || Find(request) is not null;

    /// <summary>DMA_HEAP_IOCTL_ALLOC on a heap that was opened by name.</summary>
    internal void HandleHeap(string heapName, uint request, ref IoctlFrame frame)
    {
        const ulong ValidFdFlags = 0x80000 | 3; // O_CLOEXEC | O_ACCMODE
        RestrictedHeap heap = host.HeapNamed(heapName);
        if (request != TeeIoctl.DmaHeapAlloc)
            throw new TeeDriverException(Errno.ENOTTY, $"Request 0x{request:x8} is not one of a dma-heap.");
        CheckSize(request, frame.Argument);
        ref DmaHeapAllocationData data = ref As<DmaHeapAllocationData>(frame.Argument);
        if ((data.FdFlags & ~ValidFdFlags) != 0 || data.HeapFlags != 0 || data.Fd != 0)
            throw new TeeDriverException(Errno.EINVAL, $"Flags 0x{data.FdFlags:x}/0x{data.HeapFlags:x} are not known.");
        DmaBufObject buffer = heap.Allocate(data.Length, flags: 0);
        try
        {
            frame.DescriptorOut = buffer.Export(host.Exports);
        }
        finally
        {
            buffer.Release(); // the descriptor keeps it
        }
    }

    /// <summary>The size of its argument is part of a request's number (_IOC_SIZE); no handler looks at one of another size.</summary>
    private static void CheckSize(uint request, ReadOnlySpan<byte> argument)
    {
        int size = (int)((request >> 16) & 0x3FFF);
        if (argument.Length != size)
            throw new TeeDriverException(Errno.EINVAL, $"Request 0x{request:x8} takes {size} bytes, not {argument.Length}.");
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
        frame.DescriptorOut = Keep(shm, () => Duplicate(shm.Block!.Bank.Memfd));
    }

    private void ShmRegister(ref IoctlFrame frame)
    {
        ref TeeIoctlShmRegisterData data = ref As<TeeIoctlShmRegisterData>(frame.Argument);
        NoFlags(data.Flags);
        TeeShm shm = device.RegisterShm(user, data.Address, data.Length);
        data.Id = shm.Id;
        frame.DescriptorOut = Keep(shm, Token);
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
        frame.DescriptorOut = Keep(shm, Token);
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
        try
        {
            int fd = data.Fd;
            data = device.Describe(buffer) with { Fd = fd };
        }
        finally
        {
            buffer.Release();
        }
    }

    /// <summary>Opens the descriptor of shared memory, which goes when there is none to be had.</summary>
    private SafeFileHandle Keep(TeeShm shm, Func<SafeFileHandle> open)
    {
        SafeFileHandle descriptor;
        try
        {
            descriptor = open();
        }
        catch
        {
            shm.Dispose();
            throw;
        }

        lock (_descriptors)
            _descriptors.Add(shm.Id, shm);
        return descriptor;
    }

    private static SafeFileHandle Duplicate(SafeFileHandle handle)
    {
        int fd = Libc.Dup(handle);
        if (fd >= 0)
            return new SafeFileHandle(fd, ownsHandle: true);
        throw Marshal.GetLastPInvokeError() == (int)Errno.EMFILE
            ? new TeeDriverException(Errno.EMFILE, "This process has no descriptor left.")
            : new TeeDriverException(Errno.EBADF, "Not an open descriptor.");
    }

    /// <summary>A descriptor for a registration, which has nothing to map.</summary>
    private static SafeFileHandle Token()
    {
        try
        {
            return File.OpenHandle("/dev/null");
        }
        catch (IOException e)
        {
            throw new TeeDriverException(Errno.EMFILE, e.Message);
        }
    }

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

/// <summary>
/// The device as a file of this process: <c>ioctl(fd, request, argument)</c> with real addresses and descriptors, so that what
/// speaks to /dev/tee0 can speak to it.
/// </summary>
public sealed class TeeDeviceFile : IDisposable
{
    private readonly TeeDevice _device;
    private readonly BinaryIoctl _ioctls;

    internal TeeDeviceFile(TeeDevice device, TeeDeviceHost host)
    {
        _device = device;
        _ioctls = new BinaryIoctl(device, host, UserMemory.Self);
    }

    /// <summary>ioctl(2).</summary>
    /// <param name="request">TEE_IOC_*.</param>
    /// <param name="argument">The structure of the request.</param>
    /// <returns>0 or a descriptor, which is the caller's to close; or a negative errno.</returns>
    public int Ioctl(uint request, Span<byte> argument) => Run(heapName: null, request, argument);

    /// <summary>ioctl(2) on a dma-heap; the descriptor of the dma-buf stands in the structure, as it does in Linux.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int HeapIoctl(string heapName, uint request, Span<byte> argument) => Run(heapName, request, argument);

    /// <summary>close(2) of the descriptor of shared memory, by its id: a memfd cannot tell its maker that it was closed.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int CloseShm(int id)
    {
        try
        {
            _ioctls.CloseShm(id);
            return 0;
        }
        catch (TeeDriverException e)
        {
            return -(int)e.Errno;
        }
    }

    /// <summary>close(2) of the device.</summary>
    public void Dispose() => _device.Dispose();

    private int Run(string? heapName, uint request, Span<byte> argument)
    {
        bool hasBuffer = request == TeeIoctl.OpenSession || request == TeeIoctl.Invoke || request == TeeIoctl.SupplRecv || request == TeeIoctl.SupplSend;
        try
        {
            var frame = new IoctlFrame { Argument = argument };
            TeeIoctlBufData reference = default;
            if (hasBuffer && argument.Length == Unsafe.SizeOf<TeeIoctlBufData>())
            {
                reference = MemoryMarshal.Read<TeeIoctlBufData>(argument);
                if (reference.BufLen > TeeIoctl.MaxArgSize)
                    return -(int)Errno.EINVAL;
                frame.Buffer = new byte[(int)reference.BufLen];
                UserMemory.Self.CopyFrom(reference.BufPtr, frame.Buffer);
            }

            frame.DescriptorIn = DescriptorOf(request, argument);
            if (heapName is null)
                _ioctls.Handle(request, ref frame);
            else
                _ioctls.HandleHeap(heapName, request, ref frame);
            if (!frame.Buffer.IsEmpty)
                UserMemory.Self.CopyTo(frame.Buffer, reference.BufPtr);
            int fd = frame.DescriptorOut is { } descriptor ? Leak(descriptor) : 0;
            if (heapName is null)
                return fd;
            MemoryMarshal.AsRef<DmaHeapAllocationData>(argument).Fd = (uint)fd;
            return 0;
        }
        catch (TeeDriverException e)
        {
            return -(int)e.Errno;
        }
        catch (Exception e)
        {
            // The border to whoever issues ioctls: what went wrong inside is an errno to them, and a line in the log.
            Serilog.Log.Error("Request 0x{Request:x8} failed: {Type} in {Place}", request, e.GetType().Name, e.TargetSite?.ToString());
            return -(int)Errno.EIO;
        }
    }

    private static SafeFileHandle? DescriptorOf(uint request, ReadOnlySpan<byte> argument)
    {
        long fd;
        if (request == TeeIoctl.ShmRegisterFd && argument.Length == Unsafe.SizeOf<TeeIoctlShmRegisterFdData>())
            fd = MemoryMarshal.Read<TeeIoctlShmRegisterFdData>(argument).Fd;
        else if (request == TeeIoctl.RstmemFdInfo && argument.Length == Unsafe.SizeOf<TeeIoctlRstmemFdInfoData>())
            fd = MemoryMarshal.Read<TeeIoctlRstmemFdInfoData>(argument).Fd;
        else
            return null;
        return fd is >= 0 and <= int.MaxValue ? new SafeFileHandle((nint)fd, ownsHandle: false) : null;
    }

    /// <summary>Hands the descriptor over as a number, which the caller closes.</summary>
    private static int Leak(SafeFileHandle handle)
    {
        int fd = (int)handle.DangerousGetHandle();
        handle.SetHandleAsInvalid();
        return fd;
    }
}
