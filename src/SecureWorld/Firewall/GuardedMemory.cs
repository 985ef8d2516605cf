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
    private readonly LiveGrants _grants = new();
    private readonly List<MasterId> _revoked = [];
    private Claim? _claim;
    private bool _mayHaveContent;
    private bool _isFixed;
    private bool _isLeftToStaticRules;
    private int _mappings;
    private int _waiting; // for the end of a grant: to pulse when nobody does costs a burst as much as all else

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
        lock (_gate)
            return Give(master, instance, rights, offset, length, out grant);
    }

    /// <summary>The same to who has it mapped, as long as he has.</summary>
    internal string? TryGrant(DeviceMapping mapping, AccessRights rights, ulong offset, int length, out AccessGrant grant)
    {
        lock (_gate)
        {
            if (!mapping.HasEnded)
                return Give(mapping.Master, mapping.Handle, rights, offset, length, out grant);
            grant = default;
            return "it has no such mapping";
        }
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
            if (_grants.Exists(holder => !claim.Allows(holder.Master, holder.Instance, holder.Rights) || (changes && holder.Master != claim.Owner)))
                return ClaimOutcome.InUse;
            InterleavingPoint.Reach("GuardedMemory.TryClaim");
            if (changes)
                Scrub();
            _claim = claim;
            return ClaimOutcome.Claimed;
        }
    }

    internal void EndGrant(in MasterId master, ulong instance, AccessRights rights)
    {
        lock (_gate)
        {
            _grants.Count(in master, instance, rights, -1);
            if (_waiting != 0)
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
            AwaitNo(holder => master.Covers(holder.Master));
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

    /// <summary>Lets at nothing through a mapping from now on, whoever has found it, and waits for the access that is being made.</summary>
    internal void End(DeviceMapping mapping)
    {
        lock (_gate)
        {
            mapping.HasEnded = true;
            AwaitNo(holder => holder.Instance == mapping.Handle && holder.Master == mapping.Master);
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
            if (_isFixed || _mappings != 0 || !_grants.IsNone || !TryAddReference())
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
                return !_isFixed && _mappings == 0 && _grants.IsNone;
        }
    }

    private string? Give(in MasterId master, ulong instance, AccessRights rights, ulong offset, int length, out AccessGrant grant)
    {
        grant = default;
        if (IsRevoked(master))
            return "its access is revoked";
        if (_claim is { } claim && !claim.Allows(master, instance, rights))
            return (rights & AccessRights.Write) != 0 ? "claimed by another" : "not among the claim's readers";
        if (!TryAddReference())
            return "the buffer has been freed";
        InterleavingPoint.Reach("GuardedMemory.TryGrant");
        _grants.Count(in master, instance, rights, 1);
        _mayHaveContent |= (rights & AccessRights.Write) != 0;
        grant = new AccessGrant(this, master, instance, rights, BaseAddress + (nint)offset, length);
        return null;
    }

    private void AwaitNo(Predicate<LiveGrants.Holder> holder)
    {
        _waiting++;
        while (_grants.Exists(holder))
            Monitor.Wait(_gate);
        _waiting--;
    }

    private bool IsHeldBy(MasterId master) => _grants.Exists(holder => master.Covers(holder.Master));

    private bool IsRevoked(in MasterId master) => _revoked.Count != 0 && IsAmong(_revoked, master);

    /// <summary>Apart, so that a closure is made only where something was revoked.</summary>
    private static bool IsAmong(List<MasterId> revoked, MasterId master) => revoked.Exists(one => one.Covers(master));
}
