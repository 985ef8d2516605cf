using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>
/// An open of the TEE device as its binary ioctls see it: the device, and the shared memory that descriptors were handed out for.
/// </summary>
internal sealed class TeeFile(TeeDevice device, TeeDeviceHost host)
{
    private readonly Dictionary<int, TeeShm> _shm = []; // guarded by itself

    internal TeeDevice Device => device;

    internal DmaBufExports Exports => host.Exports;

    internal HeapDirectory Heaps => host.Heaps;

    /// <summary>The memory now lives as long as the descriptor that the request returns.</summary>
    internal void Keep(TeeShm shm, ref IoctlFrame frame, SafeFileHandle descriptor)
    {
        Keep(shm);
        frame.DescriptorOut = descriptor;
    }

    /// <summary>The same, when the descriptor is somebody else's to hand out.</summary>
    internal void Keep(TeeShm shm)
    {
        lock (_shm)
            _shm.Add(shm.Id, shm);
    }

    /// <summary>What closing a shared-memory descriptor does.</summary>
    /// <exception cref="TeeDriverException">EBADF.</exception>
    internal void CloseShm(int id)
    {
        TeeShm? shm;
        lock (_shm)
            _shm.Remove(id, out shm);
        if (shm is null)
            throw new TeeDriverException(Errno.EBADF, $"Shared memory {id} is not open.");
        shm.Dispose();
    }
}

/// <summary>An open of a dma-heap.</summary>
/// <param name="Heap">The heap.</param>
/// <param name="Exports">The descriptors of buffers.</param>
/// <param name="Client">The process that has it open.</param>
/// <param name="Maps">Whether its holder maps ordinary buffers by their descriptors, and hears when these are gone.</param>
internal sealed record HeapFile(DmaHeap Heap, DmaBufExports Exports, int Client, bool Maps = false);
