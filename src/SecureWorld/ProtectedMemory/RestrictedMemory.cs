using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.ProtectedMemory;

/// <summary>All restricted pools of the board, and the TEE's own secure RAM beside them.</summary>
internal sealed class RestrictedMemory : IDisposable
{
    private readonly RestrictedPool[] _pools;
    private readonly MemoryObjectTable _objects;

    internal RestrictedMemory(BoardFile board, SecretMemoryChoice choice, MemoryObjectTable objects)
    {
        _objects = objects;
        SecureRam = new SecureRam(SecretMapping.Create((int)board.SecureRam.Size, choice));
        _pools = [.. board.Pools.Select(region => new RestrictedPool(region, SecretMapping.Create((int)region.Size, choice)))];
        Protection = _pools.Select(pool => pool.State.Protection).Append(SecureRam.Protection).Min();
    }

    internal SecureRam SecureRam { get; }

    internal IReadOnlyList<RestrictedPool> Pools => _pools;

    /// <summary>The weakest protection that any of the mappings got: what an honest answer must be.</summary>
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

    /// <summary>Frees a buffer: it cannot be referred to from now on, and is scrubbed when the last call that uses it ends.</summary>
    internal bool Free(ulong cookie)
    {
        RestrictedBuffer? buffer = _objects.Remove<RestrictedBuffer>(cookie);
        buffer?.Release();
        return buffer is not null;
    }

    /// <summary>The live buffer that holds the whole range, with a reference taken; null when none does.</summary>
    internal RestrictedBuffer? Find(PhysicalRange range)
    {
        foreach (RestrictedPool pool in _pools)
        {
            if (pool.Range.Contains(range))
                return pool.Find(range);
        }

        return null;
    }

    internal RestrictedBuffer? FindByAddress(nint address)
    {
        foreach (RestrictedPool pool in _pools)
        {
            if (pool.FindByAddress(address) is { } buffer)
                return buffer;
        }

        return null;
    }

    internal void Scrub()
    {
        foreach (RestrictedPool pool in _pools)
            pool.Scrub();
        SecureRam.Scrub();
    }

    /// <summary>Scrubs and unmaps everything.</summary>
    public void Dispose()
    {
        foreach (RestrictedPool pool in _pools)
            pool.Dispose();
        SecureRam.Dispose();
    }

    private ulong NewCookie()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ulong cookie;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            cookie = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }
        while (cookie is 0 or ulong.MaxValue || _objects.IsTaken(cookie));
        return cookie;
    }
}
