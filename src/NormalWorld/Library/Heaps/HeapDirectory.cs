using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>The heaps of a machine, as /dev/dma_heap lists them: the TEE's pools in the order of their use cases, then the others.</summary>
internal sealed class HeapDirectory : IDisposable
{
    private const string DeviceFolder = "/dev/dma_heap/";

    private readonly List<DmaHeap> _heaps;
    private readonly BoardDevices _devices;

    /// <param name="driver">The driver.</param>
    /// <param name="board">The board.</param>
    /// <param name="devices">The devices of the board.</param>
    /// <param name="gate">Who is asked before a device gets at a buffer; the TEE when nobody else is named.</param>
    /// <exception cref="TeeDriverException">ENODEV: the TEE hands out no restricted memory.</exception>
    internal HeapDirectory(OpteeDriver driver, BoardFile board, BoardDevices devices, IAccessGate? gate = null)
    {
        _devices = devices;
        var client = new ProtectedMemoryClient(driver);
        Gate = gate ?? new FirewallGate(client, devices);
        var parts = new HeapParts(driver, client, Gate);
        _heaps = [.. HeapBackEnds.RowsOf(board).Select(row => row.Create(parts))];
        HasRestricted = _heaps.Exists(heap => heap.Restriction.IsRestricted);
    }

    /// <summary>Who is asked before a device gets at a buffer.</summary>
    internal IAccessGate Gate { get; }

    internal IReadOnlyList<DmaHeap> All => _heaps;

    /// <summary>Whether any of them is kept from the CPU.</summary>
    internal bool HasRestricted { get; }

    internal bool Owns(DmaBufObject buffer) => buffer.Exporter is DmaHeap heap && _heaps.Contains(heap);

    /// <summary>The TEE's pool for a use case.</summary>
    /// <exception cref="TeeDriverException">EINVAL.</exception>
    internal DmaHeap Of(UseCase useCase) => (useCase == default ? null : _heaps.Find(heap => heap.UseCase == useCase))
        ?? throw new TeeDriverException(Errno.EINVAL, $"Use case {(uint)useCase} has no pool; the board has {Names}.");

    /// <exception cref="TeeDriverException">ENOENT.</exception>
    internal DmaHeap Named(string name)
    {
        string plain = name.StartsWith(DeviceFolder, StringComparison.Ordinal) ? name[DeviceFolder.Length..] : name;
        return _heaps.Find(heap => heap.Name == plain)
            ?? throw new TeeDriverException(Errno.ENOENT, $"There is no heap '{name}'; the board has {Names}.");
    }

    /// <summary>The heaps that a whole pipeline shares: every one of the devices can work on their buffers.</summary>
    internal IReadOnlyList<DmaHeap> SharedBy(IReadOnlyList<DmaDevice> devices, ulong size) =>
        [.. _heaps.Where(heap => devices.All(device => heap.FindProblem(device, size) is null))];

    /// <summary>What the heaps look like at the moment, and which devices of the board each is for.</summary>
    internal IReadOnlyList<HeapInfo> Describe()
    {
        IReadOnlyList<DmaDevice> devices = _devices.All;
        return [.. _heaps.Select(heap => heap.Describe() with { Devices = [.. devices.Select(device => Describe(heap, device))] })];
    }

    private static HeapDevice Describe(DmaHeap heap, DmaDevice device) => new(device.Name, heap.FindProblem(device, PhysicalAddress.PageSize)?.Why);

    /// <summary>To be called when the driver has gone.</summary>
    public void Dispose() => _heaps.ForEach(heap => heap.Dispose());

    private string Names => _heaps.Count == 0 ? "none" : string.Join(", ", _heaps.Select(heap => $"'{heap.Name}'"));
}
