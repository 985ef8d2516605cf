using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>
/// Memory behind the firewall. Its address leaves this class in an <see cref="AccessGrant"/> and in no other way, and while
/// a grant lives, what would forbid it is refused or waits for its end: claims, revocations, moves and grants exclude each other
/// under one lock.
/// </summary>
internal abstract class GuardedMemory : MemoryObject
{
    private readonly object _gate = new(); // protects the fields below, and is pulsed when a grant ends; a leaf
    private readonly List<Holder> _holders = [];
    private readonly List<MasterId> _revoked = [];
    private Claim? _claim;
    private bool _mayHaveContent;
    private bool _isFixed;
    private bool _isLeftToStaticRules;
    private int _mappings;

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

    /// <summary>Where the first byte lies in this process. It stays there while a grant lives.</summary>
    protected abstract nint BaseAddress { get; }

    /// <summary>Where it lies on the bus; constant while it is mapped or fixed.</summary>
    internal abstract PhysicalRange Range { get; }

    /// <summary>Zeroes the content.</summary>
    protected abstract void Scrub();

    /// <summary>Zeroes a part of it.</summary>
    protected abstract void Scrub(ulong offset, ulong length);

    /// <summary>Gives out a grant; the caller has checked that the range lies inside and holds a reference.</summary>
    /// <returns>Null, or why it is refused.</returns>
    internal string? TryGrant(MasterId master, ulong instance, AccessRights rights, ulong offset, int length, out AccessGrant grant)
    {
        grant = default;
        lock (_gate)
        {
            if (IsRevoked(master))
                return "its access is revoked";
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

    /// <summary>The label; null when everybody whom the rules let at the buffer may produce and consume.</summary>
    internal Claim? Label
    {
        get
        {
            lock (_gate)
                return _claim;
        }
    }

    /// <summary>Sets the label. Another one than it has takes the content with it: who may consume it now was not meant to before.</summary>
    internal ClaimOutcome TryClaim(Claim claim)
    {
        lock (_gate)
        {
            if (_isLeftToStaticRules || IsRevoked(claim.Owner) || (_claim is { } existing && !existing.IsProducer(claim.Owner, claim.Instance)))
                return ClaimOutcome.ClaimedByAnother;
            bool changes = _claim is { } before && !before.SaysTheSameAs(claim);
            if (_holders.Exists(holder => !claim.Allows(holder.Master, holder.Instance, holder.Rights) || (changes && holder.Master != claim.Owner)))
                return ClaimOutcome.InUse;
            InterleavingPoint.Reach("GuardedMemory.TryClaim");
            if (changes)
                Scrub();
            _claim = claim;
            return ClaimOutcome.Claimed;
        }
    }

    internal void EndGrant(MasterId master, ulong instance, AccessRights rights)
    {
        lock (_gate)
        {
            Count(master, instance, rights, -1);
            Monitor.PulseAll(_gate);
        }

        Release();
    }

    /// <summary>
    /// Forbids a master every access from now on. One that a device is making ends first, which takes it a moment; the next fails.
    /// </summary>
    /// <param name="master">Who.</param>
    /// <param name="waits">Whether to wait for grants that live: those of devices last for a moment, those of TAs as long as a call.</param>
    /// <returns>False when it does not wait and the master is using the buffer.</returns>
    internal bool TryRevoke(MasterId master, bool waits)
    {
        lock (_gate)
        {
            if (!waits && IsHeldBy(master))
                return false;
            if (!_revoked.Contains(master))
                _revoked.Add(master);
            while (IsHeldBy(master))
                Monitor.Wait(_gate);
            return true;
        }
    }

    /// <summary>Takes a revocation back.</summary>
    internal void Restore(MasterId master)
    {
        lock (_gate)
            _revoked.Remove(master);
    }

    /// <summary>Zeroes content that its producer did not finish; by who has it mapped.</summary>
    internal void Discard(ulong offset, ulong length)
    {
        lock (_gate)
            Scrub(offset, length);
    }

    /// <summary>Keeps the buffer where it is for a mapping, with a reference.</summary>
    /// <returns>Null, or why not.</returns>
    internal string? TryMap(MasterId master)
    {
        lock (_gate)
        {
            if (IsRevoked(master))
                return "its access is revoked";
            if (!TryAddReference())
                return "the buffer has been freed";
            _mappings++;
            return null;
        }
    }

    /// <summary>Waits for the access that is being made through a mapping that nobody finds any more.</summary>
    internal void AwaitEnd(MasterId master, ulong instance)
    {
        lock (_gate)
        {
            while (_holders.Exists(holder => holder.Master == master && holder.Instance == instance))
                Monitor.Wait(_gate);
        }
    }

    /// <summary>A mapping has gone, and so has every access through it.</summary>
    internal void Unmap()
    {
        lock (_gate)
            _mappings--;
        Release();
    }

    /// <summary>Keeps the buffer where it is for good: somebody outside was told.</summary>
    internal void Fix()
    {
        lock (_gate)
            _isFixed = true;
    }

    /// <summary>Nobody can label it from now on: those whom the static rules let at it reach it by its addresses, whatever a label says.</summary>
    internal void LeaveToStaticRules()
    {
        lock (_gate)
            _isLeftToStaticRules = true;
    }

    /// <summary>Whether somebody outside was told where the buffer lies.</summary>
    internal bool IsFixed
    {
        get
        {
            lock (_gate)
                return _isFixed;
        }
    }

    /// <summary>Moves the buffer, unless somebody could notice: who uses it, has it mapped, or was told where it lies.</summary>
    /// <param name="move">Moves it; given whether there is any content.</param>
    /// <returns>Whether it is moved; then a reference is held, so that it cannot end half-way, and the caller releases it.</returns>
    internal bool TryMove(Action<bool> move)
    {
        lock (_gate)
        {
            if (_isFixed || _mappings != 0 || _holders.Count != 0 || !TryAddReference())
                return false;
            InterleavingPoint.Reach("GuardedMemory.TryMove");
            move(_mayHaveContent);
            return true;
        }
    }

    /// <summary>Whether it could be moved at this moment.</summary>
    internal bool IsMovable
    {
        get
        {
            lock (_gate)
                return !_isFixed && _mappings == 0 && _holders.Count == 0;
        }
    }

    private bool IsHeldBy(MasterId master) => _holders.Exists(holder => master.Covers(holder.Master));

    private bool IsRevoked(MasterId master) => _revoked.Count != 0 && _revoked.Exists(revoked => revoked.Covers(master));

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
