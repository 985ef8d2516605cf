using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

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
        _ioctls = new BinaryIoctl(device, host);
    }

    /// <summary>ioctl(2).</summary>
    /// <param name="request">TEE_IOC_*.</param>
    /// <param name="argument">The structure of the request.</param>
    /// <returns>0 or a descriptor, which is the caller's to close; or a negative errno.</returns>
    public int Ioctl(uint request, Span<byte> argument) =>
        Run(IoctlTables.Tee.Find(request), (ref frame) => _ioctls.Handle(request, ref frame), request, argument, out int fd) is var result and not 0 ? result : fd;

    /// <summary>ioctl(2) on a dma-heap; the descriptor of the dma-buf stands in the structure, as it does in Linux.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int HeapIoctl(string heapName, uint request, Span<byte> argument)
    {
        int result = Run(IoctlTables.Heap.Find(request), (ref frame) => _ioctls.HandleHeap(heapName, request, ref frame), request, argument, out int fd);
        if (result == 0)
            MemoryMarshal.AsRef<DmaHeapAllocationData>(argument).Fd = (uint)fd;
        return result;
    }

    /// <summary>ioctl(2) on the central allocator; the descriptor of a buffer stands in the structure.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int SmafIoctl(uint request, Span<byte> argument)
    {
        int result = Run(IoctlTables.Smaf.Find(request), (ref frame) => _ioctls.HandleSmaf(request, ref frame), request, argument, out int fd);
        if (result == 0 && request == Uapi.SmafIoctl.Create)
            MemoryMarshal.AsRef<SmafCreateData>(argument).Fd = fd;
        return result;
    }

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

    /// <summary>Carries a request out.</summary>
    private delegate void Handler(ref IoctlFrame frame);

    private static int Run<TFile>(IoctlRow<TFile>? row, Handler handle, uint request, Span<byte> argument, out int fd)
    {
        fd = 0;
        bool isWhole = row?.ArgumentSize == argument.Length; // another size is refused further on
        try
        {
            var frame = new IoctlFrame { User = UserMemory.Self, Argument = argument };
            TeeIoctlBufData reference = row is { HasBuffer: true } && isWhole ? frame.TakeBuffer() : default;
            if (isWhole && row!.DescriptorIn?.Invoke(argument) is >= 0 and <= int.MaxValue and var fdIn)
                frame.DescriptorIn = new SafeFileHandle((nint)fdIn, ownsHandle: false);
            handle(ref frame);
            frame.ReturnBuffer(reference);
            fd = frame.DescriptorOut is { } descriptor ? Leak(descriptor) : 0;
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

    /// <summary>Hands the descriptor over as a number, which the caller closes.</summary>
    private static int Leak(SafeFileHandle handle)
    {
        int fd = (int)handle.DangerousGetHandle();
        handle.SetHandleAsInvalid();
        return fd;
    }
}
