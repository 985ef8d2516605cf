using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>
/// The ioctls in their binary form, as a client of the real /dev/tee0 issues them: request number and structure in, errno,
/// structure and descriptor out. What there is, and who serves it, stands in <see cref="IoctlTables"/>.
/// </summary>
internal sealed class BinaryIoctl(TeeDevice device, TeeDeviceHost host)
{
    private readonly TeeFile _file = new(device, host);

    /// <summary>An ioctl of the TEE device.</summary>
    /// <exception cref="TeeDriverException">The errno; ENOTTY for a request that is not known.</exception>
    internal void Handle(uint request, ref IoctlFrame frame) => IoctlTables.Tee.Dispatch(_file, request, ref frame);

    /// <summary>An ioctl of a dma-heap that was opened by name.</summary>
    /// <exception cref="TeeDriverException">The errno; ENOENT when there is no such heap.</exception>
    internal void HandleHeap(string heapName, uint request, ref IoctlFrame frame, bool maps = false) =>
        IoctlTables.Heap.Dispatch(new HeapFile(_file.Heaps.Named(heapName), _file.Exports, device.Opener.Pid, maps), request, ref frame);

    /// <summary>An ioctl of the central allocator.</summary>
    /// <exception cref="TeeDriverException">The errno.</exception>
    internal void HandleSmaf(uint request, ref IoctlFrame frame) =>
        IoctlTables.Smaf.Dispatch(new SmafFile(host.Allocators, host.Exports, device.Opener.Pid), request, ref frame);

    /// <summary>Memory that was registered past the ioctl, and is closed as if it had been by it.</summary>
    internal void Keep(TeeShm shm) => _file.Keep(shm);

    /// <summary>What closing a shared-memory descriptor does.</summary>
    /// <exception cref="TeeDriverException">EBADF.</exception>
    internal void CloseShm(int id) => _file.CloseShm(id);
}
