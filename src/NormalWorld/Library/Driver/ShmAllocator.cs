using RestrictedTee.NormalWorld.Device;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// Where shared memory comes from: the part of bank 0 behind the reserved shm for memory that stays in this process, and a
/// bank of its own for each piece whose descriptor leaves it, so that no client can reach another's.
/// </summary>
internal sealed class ShmAllocator
{
    /// <summary>Where hot-plugged banks go: above 4 GiB, far from anything on the board. Addresses are never used twice.</summary>
    private const ulong PlugWindow = 0x1_0000_0000;

    private readonly object _lock = new(); // protects the allocator and the window; a leaf
    private readonly RamBank _bank;
    private readonly ulong _base;
    private readonly RangeAllocator _allocator;
    private readonly NormalRamMap _ram;
    private readonly IBankPlug _plug;
    private ulong _next = PlugWindow;

    internal ShmAllocator(NormalRamMap ram, RamBank bank0, PhysicalRange reserved, IBankPlug plug)
    {
        _ram = ram;
        _bank = bank0;
        _base = reserved.Length;
        _plug = plug;
        _allocator = new RangeAllocator((int)(bank0.Range.Length - reserved.Length), PhysicalAddress.PageSize);
    }

    /// <summary>Zeroed memory in bank 0.</summary>
    /// <exception cref="TeeDriverException">EINVAL for size 0, ENOMEM.</exception>
    internal ShmBlock Allocate(ulong size)
    {
        ShmBlock block = AllocateForLending(size);
        block.Span.Clear();
        return block;
    }

    /// <summary>Memory in bank 0 that the secure world will empty, so that nobody needs to clear it first.</summary>
    /// <exception cref="TeeDriverException">EINVAL for size 0, ENOMEM.</exception>
    internal ShmBlock AllocateForLending(ulong size)
    {
        if (size == 0)
            throw new TeeDriverException(Errno.EINVAL, "Shared memory of size 0.");
        int offset = -1;
        if (size <= (ulong)_allocator.Size)
        {
            lock (_lock)
                offset = _allocator.Allocate((long)size);
        }

        if (offset < 0)
            throw new TeeDriverException(Errno.ENOMEM, $"No room for {size} bytes of shared memory; the board has {_allocator.Size} for it.");
        return new ShmBlock(_bank, _base + (ulong)offset, (int)size, () => Free(offset, (int)size));
    }

    /// <summary>Zeroed memory in a bank of its own.</summary>
    /// <exception cref="TeeDriverException">EINVAL for size 0, ENOMEM, ENODEV.</exception>
    internal ShmBlock AllocateBank(ulong size)
    {
        if (size == 0)
            throw new TeeDriverException(Errno.EINVAL, "Shared memory of size 0.");
        if (size > int.MaxValue - PhysicalAddress.PageSize)
            throw new TeeDriverException(Errno.ENOMEM, $"{size} bytes of shared memory are too many.");
        return Plug(range => RamBank.Create(range, "restricted-tee shm"), size);
    }

    /// <summary>Memory that a client brought along as a memfd; takes the descriptor over, also when it is refused.</summary>
    /// <exception cref="TeeDriverException">EINVAL: it is not a memfd sealed against shrinking; ENOMEM: it cannot be mapped; ENODEV.</exception>
    internal ShmBlock AdoptBank(Microsoft.Win32.SafeHandles.SafeFileHandle memfd)
    {
        long size = SmcTransport.Interop.Libc.LSeek((int)memfd.DangerousGetHandle(), 0, whence: 2);
        if (size <= 0 || size > int.MaxValue - PhysicalAddress.PageSize || size % PhysicalAddress.PageSize != 0)
        {
            memfd.Dispose();
            throw new TeeDriverException(Errno.EINVAL, "The descriptor is neither a dma-buf of this TEE nor a memfd of whole pages.");
        }

        try
        {
            return Plug(range => RamBank.Attach(memfd, range), (ulong)size);
        }
        catch (InvalidDataException e)
        {
            throw new TeeDriverException(Errno.EINVAL, e.Message);
        }
    }

    private ShmBlock Plug(Func<PhysicalRange, RamBank> make, ulong size)
    {
        ulong length = (size + PhysicalAddress.PageSize - 1) & ~(ulong)(PhysicalAddress.PageSize - 1);
        PhysicalRange range;
        lock (_lock)
        {
            range = PhysicalRange.Create(new PhysicalAddress(_next), length);
            _next += length;
        }

        RamBank bank;
        try
        {
            bank = make(range);
        }
        catch (IOException e)
        {
            throw new TeeDriverException(Errno.ENOMEM, e.Message);
        }

        try
        {
            _plug.Plug(bank);
        }
        catch (SmcTransport.Boot.BootLineRefusedException e)
        {
            bank.Dispose();
            throw new TeeDriverException(Errno.ENOMEM, e.Message);
        }
        catch (IOException e)
        {
            bank.Dispose();
            throw new TeeDriverException(Errno.ENODEV, e.Message);
        }

        _ram.TryPlug(bank);
        return new ShmBlock(bank, 0, (int)size, () => Unplug(bank));
    }

    private void Unplug(RamBank bank)
    {
        try
        {
            _plug.Unplug(bank);
        }
        catch (IOException)
        {
            // The secure world has gone and its mapping with it.
        }

        _ram.TryUnplug(bank.Range.Start);
    }

    private void Free(int offset, int size)
    {
        lock (_lock)
            _allocator.Free(offset, size);
    }
}

/// <summary>How banks are plugged into the board.</summary>
internal interface IBankPlug
{
    /// <summary>Makes the secure world map the bank.</summary>
    void Plug(RamBank bank);

    /// <summary>Makes it unmap it.</summary>
    void Unplug(RamBank bank);
}

/// <summary>A piece of normal RAM, page-aligned; given back when disposed. Keeps its bank mapped until then.</summary>
internal sealed class ShmBlock : IDisposable
{
    private readonly RamBank _bank;
    private readonly ulong _offset;
    private readonly int _size;
    private readonly Action _free;
    private int _freed;

    internal ShmBlock(RamBank bank, ulong offset, int size, Action free)
    {
        if (!bank.TryAddReference())
            throw new TeeDriverException(Errno.ENODEV, "The bank of normal RAM has been taken out.");
        _bank = bank;
        _offset = offset;
        _size = size;
        _free = free;
    }

    internal RamBank Bank => _bank;

    internal int Size => _size;

    internal PhysicalAddress Address => _bank.Range.Start + _offset;

    internal PhysicalRange Range => PhysicalRange.Create(Address, (ulong)_size);

    internal Span<byte> Span => _bank.GetSpan(_offset, _size);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _freed, 1) != 0)
            return;
        _bank.Release();
        _free();
    }
}
