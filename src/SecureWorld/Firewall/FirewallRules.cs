namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>Who may reach restricted memory: the one place that gives out grants.</summary>
/// <remarks>
/// Default deny: a master's ceiling must allow the access, and the claim on the buffer, if there is one, must name it. The
/// check is made when memory is used, with the turn already held, and what it allowed stays allowed until the grant is
/// disposed. Each refusal leaves a record.
/// </remarks>
internal sealed class FirewallRules
{
    internal FaultLog Faults { get; } = new();

    /// <summary>Asks for access to a part of a buffer that the caller holds a reference on.</summary>
    /// <param name="master">Who.</param>
    /// <param name="instance">Which instance of it: a number that no two instances of any TA share; 0 where there is only one.</param>
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
            : memory.TryGrant(master.Id, instance, rights, offset, length, out grant);
        if (refusal is null)
            return true;
        Refused(master, memory, rights, refusal);
        return false;
    }

    /// <summary>Takes a buffer for one instance of a master that could write to it, with TAs that may read it. The claim ends when the buffer is freed.</summary>
    internal ClaimOutcome TryClaim(BusMaster master, ulong instance, GuardedMemory memory, ReadOnlySpan<Guid> readers)
    {
        if (memory.IsClaimed(master.Id, instance, readers))
            return ClaimOutcome.Claimed; // content is written in many pieces, and the claim is asked for before each
        ClaimOutcome outcome = (master.Ceiling & AccessRights.Write) == 0 ? ClaimOutcome.ClaimedByAnother : memory.TryClaim(Claim.Of(master.Id, instance, readers));
        if (outcome == ClaimOutcome.ClaimedByAnother)
            Refused(master, memory, AccessRights.Write, "the claim is another's, or not this one's to make");
        return outcome;
    }

    private void Refused(BusMaster master, GuardedMemory memory, AccessRights rights, string reason) =>
        Faults.Add(new FaultRecord(DateTimeOffset.UtcNow, master.Id, memory.UseCase, memory.Cookie, rights, reason));
}
