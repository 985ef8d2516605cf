using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>The nodes of the driver in this process.</summary>
internal sealed class DriverNodes(TeeDeviceHost host) : IDeviceNodes
{
    public IEnumerable<string> Heaps => host.Heaps.All.Select(heap => heap.Name);

    public ShmAllocator Banks => host.Driver.Shm;

    public DeviceNode? Find(string path) => DeviceNode.Find(path, Heaps) ?? FfaTestDriver.Find(path, host);

    public bool IsBuffer(FileIdentity file) => host.Exports.Has(file);

    public IOpenDevice Open(DeviceNode node, ClientIdentity client) => host.Driver.IsGone
        ? throw new TeeDriverException(Errno.ENODEV, "The secure world has gone.")
        : new OpenNode(node, new TeeDevice(host, client, privileged: node.Kind == DeviceKind.Supplicant), host);

    private sealed class OpenNode(DeviceNode node, TeeDevice device, TeeDeviceHost host) : IOpenDevice
    {
        private readonly BinaryIoctl _ioctls = new(device, host);
        private readonly FfaUserFile? _ffa = node.Kind == DeviceKind.FfaTestDriver ? new FfaUserFile(new FfaUserDevice(host.Driver)) : null;

        public void Ioctl(uint request, ref IoctlFrame frame)
        {
            if (node.Kind == DeviceKind.Heap)
                _ioctls.HandleHeap(node.Heap, request, ref frame, maps: true);
            else if (_ffa is not null)
                FfaUserIoctls.Table.Dispatch(_ffa, request, ref frame);
            else
                _ioctls.Handle(request, ref frame);
        }

        public void CloseShm(int id) => _ioctls.CloseShm(id);

        public TeeShm? RegisterPages(ReadOnlySpan<PhysicalRange> ranges, ulong offset, ulong size, IDisposable pages)
        {
            TeeShm shm = device.RegisterPages(ranges, offset, size, pages);
            _ioctls.Keep(shm);
            return shm;
        }

        public void Abandon(ReadOnlySpan<int> callers)
        {
            device.DetachSupplicant();
            foreach (int caller in callers)
                device.AbandonCallOf(caller);
        }

        public void Cancel(int caller) => device.CancelCallOf(caller);

        public void EndOfAbandoned(int caller) => device.EndOfCall(caller);

        public void Dispose()
        {
            _ffa?.Dispose();
            device.Dispose();
        }
    }
}
