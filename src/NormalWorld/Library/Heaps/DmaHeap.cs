using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// A dma-heap (drivers/dma-buf/dma-heap.c; for restricted ones drivers/tee/tee_heap.c): it has the name and makes the dma-bufs, in
/// two steps. Where the memory comes from is its back end's business, who takes it away from the normal world its restrictor's.
/// </summary>
internal sealed class DmaHeap : IDmaBufExporter, IDisposable
{
    private readonly IRestrictor? _restrictor;

    internal DmaHeap(HeapParts parts, string name, UseCase useCase, Restriction restriction, IHeapBackEnd backEnd, IRestrictor? restrictor = null)
    {
        Gate = parts.Gate;
        (Name, UseCase, Restriction, BackEnd, _restrictor) = (name, useCase, restriction, backEnd, restrictor);
        Account = new HeapAccount(name);
    }

    public string Name { get; }

    public UseCase UseCase { get; }

    public Placements Offers => BackEnd.Offers;

    public Restriction Restriction { get; }

    public IAccessGate Gate { get; }

    internal IHeapBackEnd BackEnd { get; }

    private ulong AlignmentOrPage => _restrictor?.Alignment ?? PhysicalAddress.PageSize;

    /// <summary>Who has how much, and may have.</summary>
    internal HeapAccount Account { get; }

    /// <summary>What a device would be refused with that wants to work on a buffer of that size; null when it would not.</summary>
    internal (Errno Errno, string Why)? FindProblem(DmaDevice device, ulong size) =>
        Attachability.FindProblem(this, device, BackEnd.Extent(size, AlignmentOrPage));

    /// <summary>A buffer of whole pages: a size is rounded up, and the buffer has the rounded one (dma_heap_buffer_alloc upstream).</summary>
    /// <exception cref="TeeDriverException">EINVAL for flags, size 0 or one that rounds up to it; EAGAIN: over a limit; ENOMEM, ENODEV.</exception>
    internal DmaBufObject Allocate(ulong size, uint flags, int client, bool maps = false)
    {
        if (flags != 0)
            throw new TeeDriverException(Errno.EINVAL, $"Flags 0x{flags:x} are not known.");
        ulong rounded = WholePages(size);
        return new DmaBufObject(AllocateMemory(rounded, client, maps), rounded);
    }

    /// <summary>The memory of a buffer.</summary>
    /// <exception cref="TeeDriverException">As above.</exception>
    internal HeapMemory AllocateMemory(ulong rounded, int client, bool maps = false)
    {
        ulong taken = _restrictor?.SizeFor(rounded) ?? rounded;
        var steps = new ReleaseSteps();
        try
        {
            ulong charged = BackEnd.FootprintOf(taken);
            Account.Charge(client, charged);
            steps.Add(() => Account.Uncharge(client, charged));
            var memory = new HeapMemory(this, maps && BackEnd is IMappedBackEnd mapped && !Restriction.IsRestricted ? mapped.AllocateMapped(taken) : BackEnd.Allocate(taken, AlignmentOrPage), steps);
            steps.Add(() => BackEnd.Free(memory.Memory)); // it may have been moved by then
            if (_restrictor is not null)
                memory.BecomeRestricted(_restrictor.Restrict(memory.Physical, steps));

            Account.NotePeak(client);
            return memory;
        }
        catch
        {
            steps.Run();
            throw;
        }
    }

    /// <exception cref="TeeDriverException">EINVAL.</exception>
    internal static ulong WholePages(ulong size)
    {
        const ulong PageMask = PhysicalAddress.PageSize - 1;
        ulong rounded = unchecked(size + PageMask) & ~PageMask;
        return rounded != 0 ? rounded : throw new TeeDriverException(Errno.EINVAL, $"A buffer of size {size}.");
    }

    internal HeapInfo Describe()
    {
        PoolState state = BackEnd.Query();
        HeapUsage usage = Account.Usage;
        return new HeapInfo(Name, UseCase, state.Kind, state.Size, state.Used, state.LargestFree, state.Buffers, state.Protection)
        {
            Restriction = Restriction.Kind,
            RestrictedBy = Restriction.By,
            Offers = Offers,
            Charged = usage.Used,
            Peak = usage.Peak,
            Limit = usage.Limit,
            ClientLimit = Account.ClientLimit,
            Clients = Account.Clients,
        };
    }

    public void Dispose() => BackEnd.Dispose();
}
