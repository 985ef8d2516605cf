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

    private volatile bool _isOff;

    internal MasterId Id => master.Id;

    /// <summary>Whether the descriptor that the device works on has opened restricted memory; of the device's thread alone.</summary>
    internal bool HasOpenedRestricted { get; private set; }

    /// <summary>The device begins with another descriptor.</summary>
    internal void BeginDescriptor() => HasOpenedRestricted = false;

    /// <summary>Opens nothing from now on, so that a job that runs comes to its end.</summary>
    internal void SwitchOff() => _isOff = true;

    /// <summary>Opens bytes for one burst.</summary>
    internal bool TryOpen(BusAddress address, int length, AccessRights rights, out BusWindow window)
    {
        InterleavingPoint.Reach("BusPort.TryOpen");
        window = default;
        if (_isOff)
            return false;
        if (length is <= 0 or > MaxBurst)
            return firewall.Refuse(master.Id, null, 0, length, rights, "no burst of a port");
        bool isRange = PhysicalRange.TryCreate(new PhysicalAddress(address.Offset), (ulong)length, out PhysicalRange range);
        bool isOpen = address.Handle != 0 ? TryOpenMapped(address, length, rights, out window)
            : isRange && restricted.FindReserved(range) is { } reserved ? TryOpenReserved(reserved, range, rights, out window)
            : TryOpenNormal(address.Offset, isRange, range, length, rights, out window);
        HasOpenedRestricted |= isOpen && window.Memory is not null;
        return isOpen;
    }

    /// <summary>
    /// Opens bytes of the memory that the job was judged by, and of no other: an address can run from normal memory into restricted, and a
    /// handle that was not there can come.
    /// </summary>
    internal bool TryOpen(BusAddress address, int length, AccessRights rights, GuardedMemory? judged, out BusWindow window)
    {
        if (!TryOpen(address, length, rights, out window))
            return false;
        if (window.Memory == judged)
            return true;
        firewall.Refuse(master.Id, window.Memory, 0, length, rights, "it is not the memory that the job was judged by");
        window.Dispose();
        window = default;
        return false;
    }

    /// <summary>Copies a descriptor to private memory, once. Descriptors lie in normal memory: content that is taken for one would tell of itself.</summary>
    internal bool TryReadDescriptor(ulong address, Span<byte> to)
    {
        if (!TryOpen(BusAddress.Physical(address), to.Length, AccessRights.Read, judged: null, out BusWindow window))
            return false;
        using (window)
            window.Bytes.CopyTo(to);
        return true;
    }

    /// <summary>Writes into a descriptor.</summary>
    internal bool TryWriteDescriptor(ulong address, ulong offset, ReadOnlySpan<byte> from)
    {
        if (!TryOpen(BusAddress.Physical(address).Plus(offset), from.Length, AccessRights.Write, judged: null, out BusWindow window))
            return false;
        using (window)
            from.CopyTo(window.Bytes);
        return true;
    }

    /// <summary>Says what lies behind an address that the device wants to use, before it is used.</summary>
    /// <param name="address">The address.</param>
    /// <param name="rights">What for.</param>
    /// <param name="memory">Restricted memory, with a reference taken, or null for what is normal, or nothing.</param>
    /// <returns>False, and a fault, for a handle by which the device cannot do that.</returns>
    internal bool TryFind(BusAddress address, AccessRights rights, out GuardedMemory? memory)
    {
        memory = null;
        if (address.Handle == 0)
        {
            memory = FindReserved(address);
            return memory?.TryAddReference() != false;
        }

        if (firewall.Mappings.Find(address.Handle) is not { } mapping || mapping.Master != master.Id || !mapping.Memory.TryAddReference())
            return firewall.Refuse(master.Id, null, address.Offset, 0, rights, "it has no such mapping");
        if ((rights & ~mapping.Rights) == 0)
        {
            memory = mapping.Memory;
            return true;
        }

        firewall.Refuse(master.Id, mapping.Memory, address.Offset, 0, rights, "it is mapped for another direction");
        mapping.Memory.Release();
        return false;
    }

    /// <summary>Records that a device was not let to read memory for what it wanted to do with it.</summary>
    internal void Refuse(GuardedMemory? memory, string rule) => firewall.Refuse(master.Id, memory, 0, (long)(memory?.Size ?? 0), AccessRights.Read, rule);

    /// <summary>Whether an address is one of restricted memory, be it of none that the device has.</summary>
    internal bool IsRestricted(BusAddress address) => address.Handle != 0 || FindReserved(address) is not null;

    /// <summary>Labels the buffer that the device is about to write.</summary>
    internal ClaimOutcome Label(GuardedMemory memory, IReadOnlyList<MasterId> consumers, bool isContent) =>
        firewall.TryClaim(master, memory, Claim.OfDevice(master.Id, consumers, isContent));

    /// <summary>Whether each of some masters could consume content that a buffer has with a label.</summary>
    internal bool CouldConsume(IReadOnlyList<MasterId> consumers, GuardedMemory memory, Claim? label) =>
        consumers.All(consumer => firewall.CouldConsume(consumer, memory, label));

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
    /// <returns>Whether it is whole.</returns>
    internal bool EndJob(bool isWhole) => firewall.Mappings.EndJob(master.Id, isWhole);

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
        bool isGranted = firewall.TryGrant(master, address.Handle, address.Offset, length, rights, out AccessGrant grant);
        window = new BusWindow(grant);
        return isGranted;
    }

    private bool TryOpenNormal(ulong address, bool isRange, PhysicalRange range, int length, AccessRights rights, out BusWindow window)
    {
        window = default;
        if (!isRange || !relayer.Uses.TryUse(range, out MemoryLease lease))
            return firewall.Refuse(master.Id, null, address, length, rights, "no normal memory lies there");
        window = new BusWindow(lease);
        return true;
    }
}
