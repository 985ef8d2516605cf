namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>
/// A counted permission of one instance of a master to reach one part of a buffer: given out by the firewall at the moment of use, disposed
/// after it. While it lives the buffer is neither freed nor claimed away.
/// </summary>
/// <remarks>A mutable structure, so that a call allocates nothing: it is neither copied nor disposed through a copy.</remarks>
internal struct AccessGrant : IDisposable
{
    private readonly MasterId _master;
    private readonly ulong _instance;
    private readonly AccessRights _rights;
    private GuardedMemory? _memory;

    internal AccessGrant(GuardedMemory memory, MasterId master, ulong instance, AccessRights rights, nint address, int length)
    {
        (_memory, _master, _instance, _rights) = (memory, master, instance, rights);
        (Address, Length) = (address, length);
    }

    /// <summary>Whether there is anything to dispose of.</summary>
    internal readonly bool IsLive => _memory is not null;

    /// <summary>The buffer; null when there is nothing to dispose of.</summary>
    internal readonly GuardedMemory? Memory => _memory;

    /// <summary>Where the granted bytes lie in this process, for as long as the grant lives.</summary>
    internal nint Address { get; private set; }

    internal int Length { get; private set; }

    public void Dispose()
    {
        GuardedMemory? memory = _memory;
        (_memory, Address, Length) = (null, 0, 0);
        memory?.EndGrant(in _master, _instance, _rights);
    }
}
