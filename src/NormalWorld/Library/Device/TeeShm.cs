using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.SmcTransport.Lifetimes;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>
/// Shared memory of one context (struct tee_shm): an id for clients, a cookie for the TEE. Counted, because a call may still
/// use what its owner has closed.
/// </summary>
internal sealed class TeeShm : ITeeShm, ISupplicantMemory
{
    private readonly ShmTable _table;
    private readonly IOpteeAbi _abi;
    private readonly ShmBlock? _block;
    private readonly UserMapping? _user;
    private readonly DmaBufObject? _dmaBuf;
    private readonly IDisposable? _pages;
    private readonly bool _isKnownToTee;
    private ReferenceCount _references = new();
    private int _closed;

    private TeeShm(ShmTable table, IOpteeAbi abi, ulong cookie, ulong size, ShmBlock? block = null, UserMapping? user = null, DmaBufObject? dmaBuf = null, IDisposable? pages = null, bool isKnownToTee = true)
    {
        _isKnownToTee = isKnownToTee;
        _table = table;
        _abi = abi;
        Cookie = cookie;
        Size = size;
        _block = block;
        _user = user;
        _dmaBuf = dmaBuf;
        _pages = pages;
    }

    /// <summary>Memory of the client, of which the TEE sees a copy in shared memory.</summary>
    internal sealed record UserMapping(UserMemory Memory, ulong Address);

    /// <summary>Given by the table.</summary>
    public int Id { get; internal set; }

    public ulong Size { get; }

    internal ulong Cookie { get; }

    /// <summary>Where it begins in what the TEE knows by its cookie: registered memory need not begin with its page.</summary>
    internal ulong Offset { get; private init; }

    /// <summary>Whether it is a buffer that other contexts may have too, and not normal memory.</summary>
    internal bool IsDmaBuf => _block is null && _pages is null;

    internal ShmBlock? Block => _block;

    internal DmaBufObject? DmaBuf => _dmaBuf;

    ShmBlock ISupplicantMemory.Block => _block!;

    void ISupplicantMemory.Release() => Release();

    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
            return _block is not null && _user is null ? _block.Span : default;
        }
    }

    internal static TeeShm Allocated(ShmTable table, IOpteeAbi abi, ShmBlock block, ulong cookie) =>
        table.Add(new TeeShm(table, abi, cookie, (ulong)block.Size, block));

    /// <summary>Memory of the supplicant, of which the TEE hears when it is answered to an RPC, and only then (optee_shm_register_supp upstream).</summary>
    internal static TeeShm OfSupplicant(ShmTable table, IOpteeAbi abi, ShmBlock block) =>
        table.Add(new TeeShm(table, abi, cookie: 0, (ulong)block.Size, block, isKnownToTee: false));

    internal static TeeShm User(ShmTable table, IOpteeAbi abi, ShmBlock copy, ulong cookie, UserMapping user) =>
        table.Add(new TeeShm(table, abi, cookie, (ulong)copy.Size, copy, user));

    /// <summary>Memory of the client that the TEE sees itself; <paramref name="pages"/> keeps it, and is disposed with it.</summary>
    internal static TeeShm Pages(ShmTable table, IOpteeAbi abi, ulong cookie, ulong offset, ulong size, IDisposable pages) =>
        table.Add(new TeeShm(table, abi, cookie, size, pages: pages) { Offset = offset });

    /// <summary>A dma-buf; <paramref name="buffer"/>'s reference is taken over when <paramref name="keeps"/>.</summary>
    internal static TeeShm ForDmaBuf(ShmTable table, IOpteeAbi abi, DmaBufObject buffer, ulong cookie, bool keeps) =>
        table.Add(new TeeShm(table, abi, cookie, buffer.Size, dmaBuf: keeps ? buffer : null));

    internal bool TryAddReference() => _references.TryAdd();

    internal void Release()
    {
        if (!_references.Release())
            return;
        if (!IsDmaBuf && _isKnownToTee)
            _abi.UnregisterShm(Cookie);
        _block?.Dispose();
        _pages?.Dispose();

        _dmaBuf?.Release();
    }

    /// <summary>Before a call: the client's own memory is copied to where the TEE sees it.</summary>
    internal void SyncForTee(ulong offset, ulong size)
    {
        if (_user is not null && size != 0)
            _user.Memory.CopyFrom(_user.Address + offset, _block!.Span.Slice((int)offset, (int)size));
    }

    /// <summary>After a call: what the TEE wrote is copied back.</summary>
    internal void SyncForClient(ulong offset, ulong size)
    {
        if (_user is not null && size != 0)
            _user.Memory.CopyTo(_block!.Span.Slice((int)offset, (int)size), _user.Address + offset);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        _table.Remove(this);
        Release();
    }
}
