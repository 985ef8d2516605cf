using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>A device node that a client has open, wherever its driver is. Each call throws the errno (<see cref="Uapi.TeeDriverException"/>).</summary>
internal interface IOpenDevice : IDisposable
{
    /// <summary>ioctl(2), in its binary form.</summary>
    void Ioctl(uint request, ref IoctlFrame frame);

    /// <summary>What closing the descriptor of shared memory does. EBADF.</summary>
    void CloseShm(int id);

    /// <summary>Registers pages that the secure world can map; null where the driver is another process'.</summary>
    /// <param name="ranges">Where they are.</param>
    /// <param name="offset">Where in the first the memory begins.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="pages">Keeps them; taken over, also when it is refused.</param>
    TeeShm? RegisterPages(ReadOnlySpan<PhysicalRange> ranges, ulong offset, ulong size, IDisposable pages);

    /// <summary>The last copy of the descriptor has been closed, before the calls that are under way have ended.</summary>
    /// <param name="callers">The managed threads that they are on.</param>
    void Abandon(ReadOnlySpan<int> callers);

    /// <summary>Cancels the call on a managed thread.</summary>
    void Cancel(int caller);

    /// <summary>A call that was abandoned has ended.</summary>
    void EndOfAbandoned(int caller);
}

/// <summary>The device nodes that clients see.</summary>
internal interface IDeviceNodes
{
    /// <summary>The names of the heaps.</summary>
    IEnumerable<string> Heaps { get; }

    /// <summary>Where pages come from that replace a client's; null where they cannot be.</summary>
    Shm.ShmAllocator? Banks { get; }

    /// <summary>The node that an absolute path names; null when it names none.</summary>
    DeviceNode? Find(string path);

    /// <summary>Whether a file is a dma-buf of a heap's.</summary>
    bool IsBuffer(FileIdentity file);

    /// <summary>Opens one.</summary>
    /// <exception cref="Uapi.TeeDriverException">ENODEV: the TEE has gone; EBUSY: there is a supplicant already.</exception>
    IOpenDevice Open(DeviceNode node, ClientIdentity client);
}
