using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>A pool that was carved out at boot: the secure world has its memory for good (optee_protmem_pool_init upstream, static).</summary>
internal sealed class StaticPool(ProtectedMemoryClient client, UseCase useCase) : IHeapBackEnd
{
    /// <summary>Its row in <see cref="HeapBackEnds"/>.</summary>
    internal static HeapBackEndKind Kind { get; } = new("static", pool => !pool.IsDynamic, (_, client, pool) => new StaticPool(client, pool.UseCase));

    public ulong Allocate(ulong size) => client.Allocate(useCase, size);

    public void Free(ulong cookie) => client.Free(cookie);

    public PoolState Query() => client.Query(useCase);

    public void Dispose()
    {
        // Nothing of it is the normal world's.
    }
}
