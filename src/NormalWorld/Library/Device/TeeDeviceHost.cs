using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Driver.ProtectedMemory;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>What all opens of one TEE device share: the driver, the heaps, the descriptors of dma-bufs.</summary>
internal sealed class TeeDeviceHost : IDisposable
{
    private readonly List<RestrictedHeap> _heaps;
    internal TeeDeviceHost(OpteeDriver driver, BoardFile board)
    {
        Driver = driver;
        var client = new ProtectedMemoryClient(driver);
        _heaps = [.. board.Pools.OrderBy(pool => pool.UseCase).Select(pool => new RestrictedHeap(client, pool.UseCase, pool.IsDynamic ? new DynamicPool(driver, pool.UseCase) : null))];
    }

    internal OpteeDriver Driver { get; }

    internal DmaBufExports Exports { get; } = new();

    internal IReadOnlyList<RestrictedHeap> Heaps => _heaps;

    /// <summary>A name for shared memory. Upstream's driver takes a pointer; what matters is that two never collide and none is guessed.</summary>
    internal static ulong NewCookie()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ulong cookie;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            cookie = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }
        while (cookie is 0 or ulong.MaxValue);
        return cookie;
    }

    internal bool Owns(DmaBufObject buffer) => _heaps.Contains(buffer.Heap);

    /// <exception cref="TeeDriverException">EINVAL.</exception>
    internal RestrictedHeap HeapOf(UseCase useCase) => _heaps.Find(heap => heap.UseCase == useCase)
        ?? throw new TeeDriverException(Errno.EINVAL, $"Use case {(uint)useCase} has no pool; the board has {Names}.");

    /// <exception cref="TeeDriverException">ENOENT.</exception>
    internal RestrictedHeap HeapNamed(string name)
    {
        const string DeviceFolder = "/dev/dma_heap/";
        string plain = name.StartsWith(DeviceFolder, StringComparison.Ordinal) ? name[DeviceFolder.Length..] : name;
        return _heaps.Find(heap => heap.Name == plain)
            ?? throw new TeeDriverException(Errno.ENOENT, $"There is no heap '{name}'; the board has {Names}.");
    }

    private string Names => _heaps.Count == 0 ? "none" : string.Join(", ", _heaps.Select(heap => $"'{heap.Name}'"));

    public void Dispose()
    {
        Exports.Dispose();
        Driver.Dispose();
    }
}
