using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>Who may reach restricted memory: the one place that gives out grants.</summary>
/// <remarks>
/// Default deny: a master's ceiling must allow the access, the security module must, which goes by the board's static rules, no
/// revocation may stand against it, and the label of the buffer, if there is one, must name the master. The check is made when memory
/// is used, with the turn already held, and what it allowed stays allowed until the grant is disposed: that of a TA for a call, that of
/// a device for one burst. Each refusal leaves a record.
/// </remarks>
internal sealed class FirewallRules
{
    private readonly BoardFile _board;

    internal FirewallRules()
        : this(BoardFile.Default)
    {
    }

    /// <exception cref="InvalidDataException">The board asks for a security module that this build does not have.</exception>
    internal FirewallRules(BoardFile board)
    {
        _board = board;
        Static = new StaticRules(board);
        Module = SecurityModules.Create(board.SecurityModule);
    }

    internal FaultLog Faults { get; } = new();

    /// <summary>What the board says.</summary>
    internal StaticRules Static { get; }

    /// <summary>Who decides at run time.</summary>
    internal ISecurityModule Module { get; }

    /// <summary>The buffers that devices have mapped.</summary>
    internal DeviceMappings Mappings { get; } = new();

    /// <summary>Asks for access to a part of a buffer that the caller holds a reference on.</summary>
    /// <param name="master">Who.</param>
    /// <param name="instance">Which instance of it: a number that no two instances of any TA share; of a device its mapping.</param>
    /// <param name="memory">The buffer.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">Bytes, at least 1: an access to nothing is none.</param>
    /// <param name="rights">What is to be done.</param>
    /// <param name="grant">To be disposed after the access.</param>
    internal bool TryGrant(BusMaster master, ulong instance, GuardedMemory memory, ulong offset, int length, AccessRights rights, out AccessGrant grant)
    {
        grant = default;
        string? refusal = length <= 0 || !memory.Contains(offset, (ulong)length) ? "outside of the buffer"
            : (rights & ~master.Ceiling) != 0 ? "the master may not touch restricted memory"
            : !Module.GrantAccess(Request(master.Id, memory, rights)) ? "no rule of the board lets it"
            : memory.TryGrant(master.Id, instance, rights, offset, length, out grant);
        return refusal is null || Refuse(master.Id, memory, offset, length, rights, refusal);
    }

    /// <summary>Asks for one burst of a device through a mapping of its own.</summary>
    /// <param name="device">Who.</param>
    /// <param name="handle">The mapping.</param>
    /// <param name="offset">Where the burst begins in it.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="rights">What is to be done.</param>
    /// <param name="grant">To be disposed after the burst.</param>
    internal bool TryGrant(BusMaster device, ulong handle, ulong offset, int length, AccessRights rights, out AccessGrant grant)
    {
        grant = default;
        DeviceMapping? mapping = Mappings.Find(handle);
        if (mapping is null || mapping.Master != device.Id)
            return Refuse(device.Id, null, offset, length, rights, "it has no such mapping");
        InterleavingPoint.Reach("FirewallRules.TryGrant");
        GuardedMemory memory = mapping.Memory;
        string? refusal = length <= 0 || !memory.Contains(offset, (ulong)length) ? "outside of the mapping"
            : (rights & ~mapping.Rights) != 0 ? "it is mapped for another direction"
            : memory.TryGrant(mapping, rights, offset, length, out grant);
        if (refusal is null && (rights & AccessRights.Write) != 0 && !mapping.Job.TryWrite(mapping, offset, length))
        {
            grant.Dispose();
            refusal = "what the job had written before was taken away";
        }

        return refusal is null || Refuse(device.Id, memory, offset, length, rights, refusal);
    }

    /// <summary>Records an access that never came to a buffer.</summary>
    /// <returns>False.</returns>
    internal bool Refuse(MasterId master, GuardedMemory? memory, ulong offset, long length, AccessRights rights, string reason)
    {
        Faults.Add(new FaultRecord(DateTimeOffset.UtcNow, master, memory?.UseCase ?? default, memory?.Cookie ?? 0, rights, reason) { Offset = offset, Length = length });
        return false;
    }

    /// <summary>Takes a buffer for one instance of a master that could write to it, with TAs that may read it. The claim ends when the buffer is freed.</summary>
    internal ClaimOutcome TryClaim(BusMaster master, ulong instance, GuardedMemory memory, ReadOnlySpan<Guid> readers)
    {
        if (memory.IsClaimed(master.Id, instance, readers))
            return ClaimOutcome.Claimed; // content is written in many pieces, and the claim is asked for before each
        return TryClaim(master, memory, Claim.Of(master.Id, instance, readers));
    }

    /// <summary>The same with readers of any kind, devices among them.</summary>
    internal ClaimOutcome TryLabel(BusMaster master, ulong instance, GuardedMemory memory, IReadOnlyList<MasterId> readers) =>
        TryClaim(master, memory, new Claim(master.Id, instance, readers));

    /// <summary>Sets the label of a buffer in the name of a master that could write to it.</summary>
    internal ClaimOutcome TryClaim(BusMaster master, GuardedMemory memory, Claim claim)
    {
        ClaimOutcome outcome = (master.Ceiling & AccessRights.Write) == 0 || !Module.GrantAccess(Request(master.Id, memory, AccessRights.Write))
            ? ClaimOutcome.ClaimedByAnother
            : memory.TryClaim(claim);
        if (outcome == ClaimOutcome.ClaimedByAnother)
            Refuse(master.Id, memory, 0, (long)memory.Size, AccessRights.Write, "the claim is another's, or not this one's to make");
        return outcome;
    }

    /// <summary>Whether a master could consume content of a buffer that has a label, or none: what comes of it is for no other.</summary>
    internal bool CouldConsume(MasterId master, GuardedMemory memory, Claim? label) =>
        label?.Allows(master, ulong.MaxValue, AccessRights.Read) != false && Module.GrantAccess(Request(master, memory, AccessRights.Read));

    /// <summary>The name of a use case on this board.</summary>
    internal string NameOf(UseCase useCase) => _board.NameOf(useCase);

    internal AccessRequest Request(MasterId master, GuardedMemory memory, AccessRights rights) =>
        new(master, memory.UseCase, memory.Cookie, rights, (rights & ~Static.RightsOf(master, memory.UseCase)) == 0);
}
