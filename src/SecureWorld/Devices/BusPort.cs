using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>
/// The one way by which a device reaches memory. Each burst is asked of the firewall, when it is made: restricted memory by a mapping of
/// this device, or by its physical address where a pool is reserved; normal memory by its physical address as long as it is the normal
/// world's. What is refused is a bus error, and a fault record.
/// </summary>
internal sealed class BusPort(BusMaster master, FirewallRules firewall, MemoryRelayer relayer, RestrictedMemory restricted)
{
    /// <summary>The longest burst: short enough for a revocation to wait for, long enough to be worth the question.</summary>
    internal const int MaxBurst = 64 * 1024;

    private readonly List<DeviceMapping> _written = []; // by the job that runs; of the device's thread alone

    internal MasterId Id => master.Id;

    /// <summary>Opens bytes for one burst.</summary>
    internal bool TryOpen(BusAddress address, int length, AccessRights rights, out BusWindow window)
    {
        InterleavingPoint.Reach("BusPort.TryOpen");
        window = default;
        if (length is <= 0 or > MaxBurst)
            return firewall.Refuse(master.Id, null, address.Offset, length, rights, "no burst of a port");
        if (address.Handle != 0)
            return TryOpenMapped(address, length, rights, out window);
        bool isRange = PhysicalRange.TryCreate(new PhysicalAddress(address.Offset), (ulong)length, out PhysicalRange range);
        if (isRange && restricted.FindReserved(range) is { } reserved)
            return TryOpenReserved(reserved, range, rights, out window);
        if (!isRange || !relayer.Uses.TryUse(range, out MemoryLease lease))
            return firewall.Refuse(master.Id, null, 0, length, rights, "no normal memory lies there");
        window = new BusWindow(lease);
        return true;
    }

    /// <summary>Copies normal memory or a mapping to private memory, once.</summary>
    internal bool TryRead(BusAddress address, Span<byte> to)
    {
        if (!TryOpen(address, to.Length, AccessRights.Read, out BusWindow window))
            return false;
        using (window)
            window.Bytes.CopyTo(to);
        return true;
    }

    /// <summary>Copies private memory to normal memory or a mapping.</summary>
    internal bool TryWrite(BusAddress address, ReadOnlySpan<byte> from)
    {
        if (!TryOpen(address, from.Length, AccessRights.Write, out BusWindow window))
            return false;
        using (window)
            from.CopyTo(window.Bytes);
        return true;
    }

    /// <summary>The restricted memory behind an address, if the device can name it, with a reference taken; null when there is none.</summary>
    internal GuardedMemory? Find(BusAddress address)
    {
        GuardedMemory? memory = address.Handle == 0 ? FindReserved(address)
            : firewall.Mappings.Find(address.Handle) is { } mapping && mapping.Master == master.Id ? mapping.Memory
            : null;
        return memory?.TryAddReference() == true ? memory : null;
    }

    /// <summary>Whether an address is one of restricted memory, be it of none that the device has.</summary>
    internal bool IsRestricted(BusAddress address) => address.Handle != 0 || FindReserved(address) is not null;

    /// <summary>Labels the buffer that the device is about to write.</summary>
    internal ClaimOutcome Label(GuardedMemory memory, IReadOnlyList<MasterId> consumers) =>
        firewall.TryClaim(master, memory, Claim.OfDevice(master.Id, consumers));

    /// <summary>The masters that a set of the board's rows names; null when it names one that is not there, or is no single one.</summary>
    internal IReadOnlyList<MasterId>? Masters(ulong rows)
    {
        var masters = new List<MasterId>();
        for (int i = 0; i < 64; i++)
        {
            if ((rows >> i & 1) == 0)
                continue;
            if (i >= firewall.Static.Masters.Count || !firewall.Static.IsSingle(i))
                return null;
            masters.Add(firewall.Static.Masters[i]);
        }

        return masters;
    }

    /// <summary>The job has ended: what it has written is whole, or is discarded, so that nobody takes a part for the whole.</summary>
    internal void EndJob(bool isWhole)
    {
        foreach (DeviceMapping mapping in _written)
        {
            if (isWhole || !mapping.Memory.TryAddReference())
            {
                mapping.TakeHalfWritten();
                continue;
            }

            if (mapping.TakeHalfWritten())
                mapping.Memory.Discard();
            mapping.Memory.Release();
        }

        _written.Clear();
    }

    private RestrictedBuffer? FindReserved(BusAddress address) =>
        PhysicalRange.TryCreate(new PhysicalAddress(address.Offset), 1, out PhysicalRange range) ? restricted.FindReserved(range) : null;

    private bool TryOpenReserved(RestrictedBuffer pool, PhysicalRange range, AccessRights rights, out BusWindow window)
    {
        bool isGranted = firewall.TryGrant(master, instance: 0, pool, range.Start.Value - pool.Range.Start.Value, (int)range.Length, rights, out AccessGrant grant);
        window = new BusWindow(grant);
        return isGranted;
    }

    private bool TryOpenMapped(BusAddress address, int length, AccessRights rights, out BusWindow window)
    {
        window = default;
        if (!firewall.TryGrant(master, address.Handle, address.Offset, length, rights, out AccessGrant grant, out DeviceMapping? mapping))
            return false;
        if ((rights & AccessRights.Write) != 0 && !_written.Contains(mapping))
            _written.Add(mapping);
        window = new BusWindow(grant);
        return true;
    }
}
