using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>How mapping a buffer for a device, or changing what it may, ended.</summary>
internal enum DeviceAccessOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>The board has no such bus master, or it is none that maps.</summary>
    UnknownMaster,

    /// <summary>The device cannot drive the address, or the buffer is not aligned as it needs.</summary>
    OutOfReach,

    /// <summary>A rule forbids it.</summary>
    Forbidden,

    /// <summary>A trusted application is using the buffer at this moment.</summary>
    InUse,

    /// <summary>There are too many mappings.</summary>
    TooMany,
}

/// <summary>What the driver asks the firewall for on behalf of devices: map, unmap, revoke, and grant again.</summary>
internal sealed class DeviceAccess(FirewallRules firewall)
{
    /// <summary>Lets a device at a buffer by a handle, for some rights, until it is unmapped or revoked.</summary>
    internal DeviceAccessOutcome Map(MasterId device, GuardedMemory memory, AccessRights rights, out ulong handle)
    {
        handle = 0;
        if (firewall.Static.Find(device) is not { } row || device.Kind != BusMasterKind.Device || row.Name == BusMasterNames.Tee)
            return DeviceAccessOutcome.UnknownMaster;
        AccessRequest request = firewall.Request(device, memory, rights);
        if (rights == AccessRights.None || !firewall.Module.GrantAccess(request))
        {
            firewall.Refuse(device, memory, 0, (long)memory.Size, rights, "no rule of the board lets it map");
            return DeviceAccessOutcome.Forbidden;
        }

        DeviceAccessOutcome outcome = TryMap(device, row, memory, rights, out handle);
        if (outcome != DeviceAccessOutcome.Done)
            firewall.Module.RevokeAccess(request);
        return outcome;
    }

    /// <summary>Ends a mapping. What the device had not finished there is discarded, and its job does not end well.</summary>
    internal bool Unmap(ulong handle)
    {
        if (!firewall.Mappings.TryRemove(handle, out DeviceMapping? mapping))
            return false;
        mapping.Memory.End(mapping);
        mapping.Job.Break(mapping);
        firewall.Module.RevokeAccess(firewall.Request(mapping.Master, mapping.Memory, mapping.Rights));
        mapping.Memory.Unmap();
        return true;
    }

    /// <summary>Forbids a master a buffer. An access in progress fails; what a device had not finished is discarded.</summary>
    internal DeviceAccessOutcome Revoke(MasterId master, GuardedMemory memory)
    {
        if (firewall.Static.Find(master) is null)
            return DeviceAccessOutcome.UnknownMaster;
        if (!memory.TryRevoke(master, waits: master.Kind == BusMasterKind.Device))
            return DeviceAccessOutcome.InUse;
        foreach (DeviceMapping mapping in firewall.Mappings.Of(memory, master))
            mapping.Job.Break(mapping);

        firewall.Module.RevokeAccess(firewall.Request(master, memory, AccessRights.ReadWrite));
        return DeviceAccessOutcome.Done;
    }

    /// <summary>Takes a revocation back, if the security module grants anything: mappings that were there work again.</summary>
    internal DeviceAccessOutcome Restore(MasterId master, GuardedMemory memory)
    {
        if (firewall.Static.Find(master) is null)
            return DeviceAccessOutcome.UnknownMaster;
        if (!firewall.Module.GrantAccess(firewall.Request(master, memory, AccessRights.Read)) && !firewall.Module.GrantAccess(firewall.Request(master, memory, AccessRights.Write)))
            return DeviceAccessOutcome.Forbidden;
        memory.Restore(master);
        return DeviceAccessOutcome.Done;
    }

    /// <summary>The normal world's CPUs want a mapping: the security module is asked, and the fault recorded; there is no mapping.</summary>
    internal void AskForCpuMapping(GuardedMemory memory, AccessRights rights)
    {
        firewall.Module.AllowCpuAccess(firewall.Request(BusMaster.NormalWorldCpu.Id, memory, rights));
        firewall.Refuse(BusMaster.NormalWorldCpu.Id, memory, 0, (long)memory.Size, rights, "no CPU maps restricted memory");
    }

    private DeviceAccessOutcome TryMap(MasterId device, BusMasterRow row, GuardedMemory memory, AccessRights rights, out ulong handle)
    {
        handle = 0;
        if (memory.TryMap(device) is { } refusal)
        {
            firewall.Refuse(device, memory, 0, (long)memory.Size, rights, refusal);
            return DeviceAccessOutcome.Forbidden;
        }

        DeviceAccessOutcome outcome = IsInReach(row, memory) ? DeviceAccessOutcome.Done : DeviceAccessOutcome.OutOfReach;
        if (outcome == DeviceAccessOutcome.Done)
        {
            handle = firewall.Mappings.Add(device, memory, rights)?.Handle ?? 0;
            outcome = handle != 0 ? DeviceAccessOutcome.Done : DeviceAccessOutcome.TooMany;
        }

        if (outcome != DeviceAccessOutcome.Done)
            memory.Unmap();
        return outcome;
    }

    private static bool IsInReach(BusMasterRow row, GuardedMemory memory)
    {
        if (row.IsBehindIommu)
            return true;
        bool driven = row.AddressWidth >= 64 || memory.Range.End.Value <= 1UL << row.AddressWidth;
        return driven && memory.Range.Start.Value % row.Alignment == 0;
    }
}
