using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>
/// A buffer that one instance of a master has taken for itself: it may do everything, the readers may read, everybody else
/// nothing, other instances of the same master included.
/// </summary>
/// <param name="Owner">The master.</param>
/// <param name="Instance">Which instance of it. Instances of one TA serve clients that owe each other nothing.</param>
/// <param name="Readers">Masters of which any instance may read.</param>
internal sealed record Claim(MasterId Owner, ulong Instance, IReadOnlyList<MasterId> Readers)
{
    internal bool Allows(MasterId master, ulong instance, AccessRights rights) =>
        IsHeldBy(master, instance) || ((rights & AccessRights.Write) == 0 && Readers.Contains(master));

    internal static Claim Of(MasterId owner, ulong instance, ReadOnlySpan<Guid> readers)
    {
        var ids = new MasterId[readers.Length];
        for (int i = 0; i < readers.Length; i++)
            ids[i] = MasterId.TrustedApp(readers[i]);
        return new Claim(owner, instance, ids);
    }

    /// <summary>Whether it is that of a master, with just these readers in this order.</summary>
    internal bool Is(MasterId owner, ulong instance, ReadOnlySpan<Guid> readers)
    {
        if (!IsHeldBy(owner, instance) || Readers.Count != readers.Length)
            return false;
        for (int i = 0; i < readers.Length; i++)
        {
            if (Readers[i] != MasterId.TrustedApp(readers[i]))
                return false;
        }

        return true;
    }

    internal bool IsHeldBy(MasterId master, ulong instance) => Owner == master && Instance == instance;
}

/// <summary>How a claim ended.</summary>
internal enum ClaimOutcome
{
    /// <summary>The buffer is the claimer's.</summary>
    Claimed,

    /// <summary>Another master has it, or another instance of the same one.</summary>
    ClaimedByAnother,

    /// <summary>Somebody whom the claim would shut out is using the buffer at this moment.</summary>
    InUse,
}

/// <summary>
/// Memory behind the firewall. Its address leaves this class in an <see cref="AccessGrant"/> and in no other way, and while
/// a grant lives the claim that would forbid it is refused: claims and grants exclude each other under one lock.
/// </summary>
internal abstract class GuardedMemory : MemoryObject
{
    private readonly object _gate = new(); // protects the three below; a leaf
    private readonly List<Holder> _holders = [];
    private Claim? _claim;
    private bool _mayHaveContent;

    private record struct Holder(MasterId Master, ulong Instance, AccessRights Rights, int Count);

    internal abstract UseCase UseCase { get; }

    /// <summary>Whether anybody was ever let write: if not, the memory is as zero as it was given, and its pages need not exist.</summary>
    protected bool MayHaveContent
    {
        get
        {
            lock (_gate)
                return _mayHaveContent;
        }
    }

    /// <summary>Where the first byte lies in this process.</summary>
    protected abstract nint BaseAddress { get; }

    /// <summary>Gives out a grant; the caller has checked that the range lies inside and holds a reference.</summary>
    /// <returns>Null, or why it is refused.</returns>
    internal string? TryGrant(MasterId master, ulong instance, AccessRights rights, ulong offset, int length, out AccessGrant grant)
    {
        grant = default;
        lock (_gate)
        {
            if (_claim is { } claim && !claim.Allows(master, instance, rights))
                return (rights & AccessRights.Write) != 0 ? "claimed by another" : "not among the claim's readers";
            if (!TryAddReference())
                return "the buffer has been freed";
            InterleavingPoint.Reach("GuardedMemory.TryGrant");
            Count(master, instance, rights, 1);
            _mayHaveContent |= (rights & AccessRights.Write) != 0;
        }

        grant = new AccessGrant(this, master, instance, rights, BaseAddress + (nint)offset, length);
        return null;
    }

    /// <summary>Whether just this claim stands already.</summary>
    internal bool IsClaimed(MasterId owner, ulong instance, ReadOnlySpan<Guid> readers)
    {
        lock (_gate)
            return _claim is { } claim && claim.Is(owner, instance, readers);
    }

    internal ClaimOutcome TryClaim(Claim claim)
    {
        lock (_gate)
        {
            if (_claim is { } existing && !existing.IsHeldBy(claim.Owner, claim.Instance))
                return ClaimOutcome.ClaimedByAnother;
            if (_holders.Exists(holder => !claim.Allows(holder.Master, holder.Instance, holder.Rights)))
                return ClaimOutcome.InUse;
            InterleavingPoint.Reach("GuardedMemory.TryClaim");
            _claim = claim;
            return ClaimOutcome.Claimed;
        }
    }

    internal void EndGrant(MasterId master, ulong instance, AccessRights rights)
    {
        lock (_gate)
            Count(master, instance, rights, -1);
        Release();
    }

    private void Count(MasterId master, ulong instance, AccessRights rights, int change)
    {
        int at = IndexOf(master, instance, rights);
        int count = at < 0 ? change : _holders[at].Count + change;
        InterleavingPoint.Reach("GuardedMemory.Count");
        if (at < 0)
            _holders.Add(new Holder(master, instance, rights, count));
        else if (count != 0)
            _holders[at] = new Holder(master, instance, rights, count);
        else
            _holders.RemoveAt(at);
    }

    /// <summary>A loop and not a predicate, which would allocate on the path of every call.</summary>
    private int IndexOf(MasterId master, ulong instance, AccessRights rights)
    {
        for (int i = 0; i < _holders.Count; i++)
        {
            if (_holders[i].Instance == instance && _holders[i].Rights == rights && _holders[i].Master == master)
                return i;
        }

        return -1;
    }
}
