using System.Buffers.Binary;
using RestrictedTee.SecureWorld.Interop;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>All restricted pools of the board, and the TEE's own secure RAM beside them.</summary>
internal sealed class RestrictedMemory : IDisposable
{
    /// <summary>Bit 63, which no FF-A handle given here has, so that a cookie is never the name of a transaction.</summary>
    private const ulong NotAHandle = 1UL << 63;

    private readonly RestrictedPool[] _pools;
    private readonly RestrictedBuffer[] _reserved; // the whole of each reserved pool, for good
    private readonly MemoryObjectTable _objects;

    internal RestrictedMemory(BoardFile board, SecretMemoryChoice choice, MemoryObjectTable objects)
    {
        _objects = objects;
        SecureRam = new SecureRam(SecretMapping.Create((int)board.SecureRam.Size, choice));
        _pools = [.. board.Pools.Select(region => new RestrictedPool(region, choice, (int)board.GranularityOf(region.UseCase)))];
        _reserved = [.. board.Pools.Where(pool => pool.IsReserved).Select(pool => Reserve(PoolOf(pool.UseCase)!, pool))];
        Protection = SecureRam.Protection;
        foreach (RestrictedRegion region in Regions)
            Protection = region.Protection < Protection ? region.Protection : Protection;
    }

    internal SecureRam SecureRam { get; }

    internal IReadOnlyList<RestrictedPool> Pools => _pools;

    /// <summary>The weakest protection that any of the mappings made at boot got: what an honest answer must be.</summary>
    internal MemoryProtection Protection { get; }

    internal RestrictedPool? PoolOf(UseCase useCase) => Array.Find(_pools, pool => pool.UseCase == useCase);

    /// <summary>Allocates a buffer and gives it an unguessable cookie.</summary>
    internal RestrictedBuffer? Allocate(RestrictedPool pool, ulong size)
    {
        RestrictedBuffer? buffer = pool.Allocate(size, NewCookie());
        if (buffer is null || _objects.TryAdd(buffer))
            return buffer;
        buffer.Release();
        return null;
    }

    /// <summary>What a buffer of a size takes up in a pool.</summary>
    internal static ulong FootprintOf(RestrictedPool pool, ulong size) => (size + (ulong)pool.Granularity - 1) / (ulong)pool.Granularity * (ulong)pool.Granularity;

    /// <summary>Frees a buffer: it cannot be referred to from now on, and is scrubbed when the last call that uses it ends.</summary>
    internal bool Free(ulong cookie)
    {
        RestrictedBuffer? buffer = _objects.Remove<RestrictedBuffer>(cookie);
        buffer?.Release();
        return buffer is not null;
    }

    /// <summary>The buffer of a cookie, with a reference taken; null when there is none.</summary>
    internal RestrictedBuffer? Find(ulong cookie)
    {
        MemoryObject? memory = _objects.Get(cookie);
        if (memory is RestrictedBuffer buffer)
            return buffer;
        memory?.Release();
        return null;
    }

    /// <summary>The live buffer that holds the whole range, with a reference taken; null when none does.</summary>
    internal RestrictedBuffer? Find(PhysicalRange range)
    {
        foreach (RestrictedPool pool in _pools.Where(pool => !pool.IsReserved))
        {
            foreach (RestrictedRegion region in pool.Regions)
            {
                if (region.Range.Contains(range))
                    return region.Find(range);
            }
        }

        return null;
    }

    /// <summary>The reserved pool that a range on the bus lies in; null when it lies in none. It is there for good, so it needs no reference.</summary>
    internal RestrictedBuffer? FindReserved(PhysicalRange range) => Array.Find(_reserved, buffer => buffer.Range.Contains(range));

    /// <summary>Gives a part of a reserved pool an unguessable cookie; null when there is no room for it in the table.</summary>
    internal ReservedRange? Register(RestrictedBuffer pool, PhysicalRange range)
    {
        var reserved = new ReservedRange(pool, range.Start.Value - pool.Range.Start.Value, range.Length, NewCookie());
        return _objects.TryAdd(reserved) ? reserved : null;
    }

    /// <summary>Takes the cookie back.</summary>
    internal bool Unregister(ulong cookie)
    {
        ReservedRange? reserved = _objects.Remove<ReservedRange>(cookie);
        reserved?.Release();
        return reserved is not null;
    }

    internal void Scrub()
    {
        foreach (RestrictedRegion region in Regions)
            region.Scrub();
        SecureRam.Scrub();
    }

    /// <summary>Scrubs and unmaps everything that is not lent.</summary>
    public void Dispose()
    {
        foreach (RestrictedRegion region in _pools.Where(pool => !pool.IsDynamic).SelectMany(pool => pool.Regions))
            region.Unmap();
        SecureRam.Dispose();
    }

    private static RestrictedBuffer Reserve(RestrictedPool pool, PoolRegion board)
    {
        RestrictedBuffer whole = pool.Allocate(board.Size, cookie: 0)!;
        whole.Fix();
        whole.LeaveToStaticRules();
        return whole;
    }

    private IEnumerable<RestrictedRegion> Regions => _pools.SelectMany(pool => pool.Regions);

    private ulong NewCookie()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ulong cookie;
        do
        {
            KernelRandom.Fill(bytes);
            cookie = BinaryPrimitives.ReadUInt64LittleEndian(bytes) | NotAHandle;
        }
        while (cookie is 0 or ulong.MaxValue || _objects.IsTaken(cookie));
        return cookie;
    }
}
