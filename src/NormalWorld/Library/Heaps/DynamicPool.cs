using System.Numerics;
using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>
/// The memory of a dynamic restricted pool: normal RAM that is lent when the first buffer needs it and reclaimed when the last
/// has gone (struct optee_protmem_dyn_pool in drivers/tee/optee/protmem.c upstream).
/// </summary>
internal sealed class DynamicPool(OpteeDriver driver, ProtectedMemoryClient client, UseCase useCase) : IHeapBackEnd
{
    private readonly object _lock = new(); // protects everything below, and is held while memory is lent and reclaimed: who comes then waits
    private Configuration? _configuration;
    private ShmBlock? _memory;
    private ulong _name;
    private int _users;

    /// <summary>Its row in <see cref="HeapBackEnds"/>.</summary>
    internal static HeapBackEndKind Kind { get; } = new("dynamic", pool => pool.IsDynamic, (driver, client, pool) => new DynamicPool(driver, client, pool.UseCase));

    /// <summary>What a lend must be like.</summary>
    private sealed record Configuration(ulong MinimumSize, ulong Alignment, uint[] Attributes);

    /// <summary>Where the lent range lies; null while it is not lent.</summary>
    internal PhysicalRange? Range
    {
        get
        {
            lock (_lock)
                return _memory is { } memory ? LentPart(memory) : null;
        }
    }

    public ulong Allocate(ulong size)
    {
        Get();
        try
        {
            return client.Allocate(useCase, size);
        }
        catch
        {
            Put();
            throw;
        }
    }

    public void Free(ulong cookie)
    {
        client.Free(cookie);
        Put();
    }

    public PoolState Query() => client.Query(useCase);

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
                Log.Debug("The lent memory of {UseCase} went with the secure world", useCase);
            }
            catch (TeeDriverException e)
            {
                // A call still uses a buffer that was freed under it. The range stays lent, and serves the next first allocation.
                Log.Warning("The memory of {UseCase} stays lent: {Reason}", useCase, e.Message);
            }
        }
    }

    private void Lend()
    {
        Configuration wanted = _configuration ??= GetConfiguration();
        ShmBlock memory = driver.Shm.AllocateForLending(wanted.MinimumSize + wanted.Alignment - PhysicalAddress.PageSize);
        try
        {
            _name = driver.Abi.Lend(useCase, LentPart(memory), wanted.Attributes);
            _memory = memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private PhysicalRange LentPart(ShmBlock memory)
    {
        ulong alignment = _configuration!.Alignment;
        ulong start = (memory.Address.Value + alignment - 1) / alignment * alignment;
        return PhysicalRange.Create(new PhysicalAddress(start), _configuration.MinimumSize);
    }

    // First the size of the attributes is asked for, then the attributes, as upstream's driver does it.
    private Configuration GetConfiguration()
    {
        OpteeMessage message = Ask(driver.Abi.NullMemref((ulong)OpteeMsgAttr.RmemOutput));
        if ((TeecResult)message.Arg.Result != TeecResult.ShortBuffer)
            return Read(message, []);
        ulong size = message.Params[1].B;
        if (size is 0 or > PhysicalAddress.PageSize || size % sizeof(uint) != 0)
            throw new TeeDriverException(Errno.EINVAL, $"The secure world wants {size} bytes of memory attributes for {useCase}.");
        using ShmBlock buffer = driver.Shm.Allocate(size);
        ulong cookie = driver.Abi.RegisterShm(buffer.Range);
        try
        {
            message = Ask(new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemOutput, B = size, C = cookie });
            return Read(message, MemoryMarshal.Cast<byte, uint>(buffer.Span[..(int)size]).ToArray());
        }
        finally
        {
            driver.Abi.UnregisterShm(cookie);
        }
    }

    private OpteeMessage Ask(OpteeMsgParam buffer)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.GetProtmemConfig;
        message.Arg.ParameterCount = 2;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInOut, A = (uint)useCase };
        message.Params[1] = buffer;
        return driver.TryCall(ref message) ? message : throw driver.Unreached();
    }

    private Configuration Read(in OpteeMessage message, uint[] attributes)
    {
        if (message.Arg.Result != 0)
            throw new TeeDriverException(Errno.EINVAL, $"The secure world has no configuration for {useCase} ({(TeecResult)message.Arg.Result}).");
        (ulong size, ulong alignment) = (message.Params[0].A, message.Params[0].B);
        return size % PhysicalAddress.PageSize == 0 && size is not 0 and < int.MaxValue && BitOperations.IsPow2(alignment) && alignment is >= PhysicalAddress.PageSize and < int.MaxValue
            ? new Configuration(size, alignment, attributes)
            : throw new TeeDriverException(Errno.EINVAL, $"The secure world wants 0x{size:x} bytes at alignment 0x{alignment:x} for {useCase}.");
    }
}
