using System.Runtime.InteropServices;
using System.Text;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>
/// The nodes of a TEE that <c>rtee up</c> keeps: each open is a context of its own on the socket. The supplicant's device is not among them, and
/// memory of a client's own cannot be registered: that process has no say over it, so the device does not offer it.
/// </summary>
internal sealed class ServedNodes : IDeviceNodes
{
    private readonly string _path;
    private readonly string[] _heaps;

    /// <exception cref="Client.TeeLaunchException">Nothing serves there, or it is not for this user.</exception>
    internal ServedNodes(string path)
    {
        _path = path;
        using RemoteDevice device = RemoteDevice.Connect(path);
        _heaps = [.. device.GetHeaps().Select(heap => heap.Name)]; // the board's, which does not change
    }

    public IEnumerable<string> Heaps => _heaps;

    public ShmAllocator? Banks => null;

    public DeviceNode? Find(string path) => DeviceNode.Find(path, _heaps) is { Kind: not DeviceKind.Supplicant } node ? node : null;

    public bool IsBuffer(FileIdentity file) => false; // they are another process'

    public IOpenDevice Open(DeviceNode node, ClientIdentity client) => new OpenNode(node, RemoteChannel.Open(_path));

    private sealed class OpenNode(DeviceNode node, RemoteChannel channel) : IOpenDevice
    {
        private readonly byte[] _heap = Encoding.UTF8.GetBytes(node.Heap);
        private int _disposed;

        public void Ioctl(uint request, ref IoctlFrame frame)
        {
            if (node.Kind == DeviceKind.Tee && request == TeeIoctl.ShmRegister)
                throw new TeeDriverException(Errno.EINVAL, "Memory of one's own cannot be registered with a TEE of another process.");
            using RemoteChannel.Lease lease = channel.Rent();
            frame.DescriptorOut = node.Kind == DeviceKind.Heap
                ? lease.Call(Wire.Operation.HeapIoctl, request, frame.Argument, _heap, null)
                : lease.Call(Wire.Operation.Ioctl, request, frame.Argument, frame.Buffer, frame.DescriptorIn);
            if (node.Kind == DeviceKind.Tee && request == TeeIoctl.Version)
                MemoryMarshal.AsRef<TeeIoctlVersionData>(frame.Argument).GenCaps &= ~(uint)TeeIoctl.GenericCapabilities.RegisterMemory;
        }

        public void CloseShm(int id) => channel.CloseShm(id);

        public TeeShm? RegisterPages(ReadOnlySpan<PhysicalRange> ranges, ulong offset, ulong size, IDisposable pages)
        {
            pages.Dispose();
            return null;
        }

        public void Abandon(ReadOnlySpan<int> callers)
        {
        }

        /// <summary>The server cancels what a client has under way that goes.</summary>
        public void Cancel(int caller) => Dispose();

        public void EndOfAbandoned(int caller)
        {
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                channel.Dispose();
        }
    }
}
