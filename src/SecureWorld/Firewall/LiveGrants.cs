using RestrictedTee.SmcTransport.Interleaving;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>The grants of one buffer that live: of whom, for what, how many. Its owner's gate protects it.</summary>
internal sealed class LiveGrants
{
    private readonly List<Holder> _holders = [];

    /// <summary>One instance of a master, for the device its mapping, with the grants that it has for the same rights.</summary>
    internal readonly record struct Holder(MasterId Master, ulong Instance, AccessRights Rights, int Count);

    internal bool IsNone => _holders.Count == 0;

    internal bool Exists(Predicate<Holder> holder) => _holders.Exists(holder);

    /// <summary>Counts grants that are given, or end.</summary>
    internal void Count(in MasterId master, ulong instance, AccessRights rights, int change)
    {
        int at = IndexOf(in master, instance, rights);
        int count = at < 0 ? change : _holders[at].Count + change;
        InterleavingPoint.Reach("GuardedMemory.Count");
        if (at < 0)
            _holders.Add(new Holder(master, instance, rights, count));
        else if (count != 0)
            _holders[at] = new Holder(master, instance, rights, count);
        else
            _holders.RemoveAt(at);
    }

    /// <summary>A loop and not a predicate, which would allocate on the path of every call and every burst.</summary>
    private int IndexOf(in MasterId master, ulong instance, AccessRights rights)
    {
        for (int i = 0; i < _holders.Count; i++)
        {
            if (_holders[i].Instance == instance && _holders[i].Rights == rights && _holders[i].Master == master)
                return i;
        }

        return -1;
    }
}
