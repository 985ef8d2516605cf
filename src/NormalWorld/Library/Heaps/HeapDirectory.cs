using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>The heaps of a TEE, as /dev/dma_heap lists them: one for each pool of the board, in the order of their use cases.</summary>
internal sealed class HeapDirectory : IDisposable
{
    private const string DeviceFolder = "/dev/dma_heap/";

    private readonly List<RestrictedHeap> _heaps;

    /// <exception cref="TeeDriverException">ENODEV: the TEE hands out no restricted memory.</exception>
    internal HeapDirectory(OpteeDriver driver, BoardFile board)
    {
        var client = new ProtectedMemoryClient(driver);
        var pools = new List<PoolRegion>();
        foreach (PoolRegion pool in board.Pools)
        {
            if (!pool.IsReserved)
                pools.Add(pool);
        }

        pools.Sort((a, b) => ((uint)a.UseCase).CompareTo((uint)b.UseCase));
        _heaps = pools.ConvertAll(pool => new RestrictedHeap(board.HeapNameOf(pool.UseCase), pool.UseCase, HeapBackEnds.For(pool, driver, client)));
    }

    internal IReadOnlyList<RestrictedHeap> All => _heaps;

    internal bool Owns(DmaBufObject buffer) => buffer.Exporter is RestrictedHeap heap && _heaps.Contains(heap);

    /// <exception cref="TeeDriverException">EINVAL.</exception>
    internal RestrictedHeap Of(UseCase useCase) => _heaps.Find(heap => heap.UseCase == useCase)
        ?? throw new TeeDriverException(Errno.EINVAL, $"There is no pool for {useCase}; the board has {Names}.");

    /// <exception cref="TeeDriverException">ENOENT.</exception>
    internal RestrictedHeap Named(string name)
    {
        string plain = name.StartsWith(DeviceFolder, StringComparison.Ordinal) ? name[DeviceFolder.Length..] : name;
        return _heaps.Find(heap => heap.Name == plain)
            ?? throw new TeeDriverException(Errno.ENOENT, $"There is no heap '{name}'; the board has {Names}.");
    }

    /// <summary>To be called when the driver has gone.</summary>
    public void Dispose() => _heaps.ForEach(heap => heap.Dispose());

    private string Names => _heaps.Count == 0 ? "none" : string.Join(", ", _heaps.Select(heap => $"'{heap.Name}'"));
}
