using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.MemorySharing;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>The bytes of one burst: there for the device until it is disposed, which is soon, because a revocation waits for it.</summary>
internal ref struct BusWindow : IDisposable
{
    private readonly MemoryLease? _lease;
    private AccessGrant _grant;

    internal BusWindow(AccessGrant grant) => _grant = grant;

    internal BusWindow(MemoryLease lease) => _lease = lease;

    internal readonly unsafe Span<byte> Bytes => _lease is not null ? _lease.Span : new Span<byte>((void*)_grant.Address, _grant.Length);

    /// <summary>The restricted memory that it shows; null when it is normal.</summary>
    internal readonly GuardedMemory? Memory => _grant.Memory;

    public void Dispose()
    {
        _lease?.Dispose();
        if (_grant.IsLive)
            _grant.Dispose();
    }
}
