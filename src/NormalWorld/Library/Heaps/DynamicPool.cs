using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// The memory of a dynamic restricted pool: normal RAM that is lent when the first buffer needs it and reclaimed when the last
/// has gone (struct optee_protmem_dyn_pool in drivers/tee/optee/protmem.c upstream).
/// </summary>
internal sealed class DynamicPool(OpteeDriver driver, ProtectedMemoryClient client, string name, PoolRegion pool, ulong granularity) : IHeapBackEnd
{
    private readonly object _lock = new(); // protects everything below, and is held while memory is lent and reclaimed: who comes then waits
    private LendConfiguration? _configuration;
    private ShmBlock? _memory;
    private ulong _name;
    private int _users;

    /// <summary>Its row in <see cref="HeapBackEnds"/>.</summary>
    internal static HeapBackEndKind Kind { get; } = new("dynamic", board => board.Pools.Where(pool => pool.IsDynamic).Select(pool =>
    {
        string name = board.HeapNameOf(pool.UseCase);
        return TeePool.RowOf(name, pool, parts => new DynamicPool(parts.Driver, parts.TeePools, name, pool, board.GranularityOf(pool.UseCase)));
    }));

    /// <summary>Where the lent range lies; null while it is not lent.</summary>
    internal PhysicalRange? Range
    {
        get
        {
            lock (_lock)
                return _memory is { } memory ? LentPart(memory) : null;
        }
    }

    public Placements Offers => TeePool.Offers;

    public IReadOnlyList<MemoryRange> Extent(ulong size, ulong alignment) => PoolMemory.KeptByTee(name, TeePool.AnyCookie, size, Top).Ranges;

    public ulong FootprintOf(ulong size) => IHeapBackEnd.WholeUnits(size, granularity);

    public PoolMemory Allocate(ulong size, ulong alignment)
    {
        Get();
        try
        {
            return PoolMemory.KeptByTee(name, client.Allocate(UseCase, size), size, Top);
        }
        catch
        {
            Put();
            throw;
        }
    }

    public void Free(PoolMemory memory)
    {
        client.Free(memory.Cookie);
        Put();
    }

    public PoolState Query() => client.Query(UseCase);

    private UseCase UseCase => pool.UseCase;

    /// <summary>It is lent from bank 0.</summary>
    private ulong Top => driver.Shm.Bank0.Start.Value + driver.Shm.Bank0.Length - 1;

    public void Dispose()
    {
        lock (_lock)
        {
            _memory?.Dispose();
            _memory = null;
        }
    }

    /// <summary>Makes sure that memory is lent, until <see cref="Put"/>.</summary>
    /// <exception cref="TeeDriverException">ENOMEM, EINVAL, ENODEV.</exception>
    private void Get()
    {
        lock (_lock)
        {
            if (_memory is null)
                Lend();
            _users++;
        }
    }

    /// <summary>One buffer less; after the last one the memory comes back.</summary>
    private void Put()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;
            try
            {
                driver.Abi.Reclaim(_name);
                _memory?.Dispose();
                _memory = null;
            }
            catch (TeeDriverException e) when (e.Errno == Errno.ENODEV)
            {
                Log.Debug("The lent memory of {UseCase} went with the secure world", UseCase);
            }
            catch (TeeDriverException e)
            {
                // A call still uses a buffer that was freed under it. The range stays lent, and serves the next first allocation.
                Log.Warning("The memory of {UseCase} stays lent: {Reason}", UseCase, e.Message);
            }
        }
    }

    private void Lend()
    {
        LendConfiguration wanted = _configuration ??= LendConfiguration.Ask(driver, UseCase);
        ShmBlock memory = driver.Shm.AllocateForLending(wanted.MinimumSize + wanted.Alignment - PhysicalAddress.PageSize);
        try
        {
            _name = driver.Abi.Lend(UseCase, LentPart(memory), wanted.Attributes);
            _memory = memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private PhysicalRange LentPart(ShmBlock memory) => _configuration!.PartOf(memory, _configuration.MinimumSize);
}
