using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Shm;

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

    /// <summary>Where memory lies that stays in this process.</summary>
    internal PhysicalRange Bank0 => _bank.Range;

    /// <summary>How much there is of it, and how much at most in one piece.</summary>
    internal (ulong Size, ulong LargestFree) Room
    {
        get
        {
            lock (_lock)
                return ((ulong)_allocator.Size, (ulong)_allocator.LargestFree);
        }
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
        try
        {
            long size = SmcTransport.Interop.Libc.LSeek((int)memfd.DangerousGetHandle(), 0, whence: 2);
            if (size <= 0 || size > int.MaxValue - PhysicalAddress.PageSize || size % PhysicalAddress.PageSize != 0)
                throw new TeeDriverException(Errno.EINVAL, "The descriptor is neither a dma-buf of this TEE nor a memfd of whole pages.");
            return Plug(range => RamBank.Attach(memfd, range), (ulong)size);
        }
        catch (InvalidDataException e)
        {
            memfd.Dispose();
            throw new TeeDriverException(Errno.EINVAL, e.Message);
        }
        catch
        {
            memfd.Dispose();
            throw;
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
        return new ShmBlock(bank, 0, (int)size, () => Unplug(bank)) { HasOwnBank = true };
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
