using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>
/// What a CPU of the normal world loads and stores at physical addresses that it has no mapping of. The firewall answers as it does
/// on a bus: with the bytes of normal memory, or a bus error.
/// </summary>
public sealed class CpuBus
{
    /// <summary>Bytes of one access at most.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly SipBus _bus;
    private readonly ShmAllocator _shm;

    internal CpuBus(SipBus bus, ShmAllocator shm) => (_bus, _shm) = (bus, shm);

    /// <summary>Loads bytes.</summary>
    /// <exception cref="TeeDriverException">EFAULT: a bus error, as for anything restricted; EINVAL: no bytes, or too many; ENOMEM, ENODEV.</exception>
    public void Load(ulong address, Span<byte> destination)
    {
        using ShmBlock block = Take(destination.Length);
        _bus.Access(SipDevices.CpuLoad, address, block.Address.Value, (ulong)destination.Length);
        block.Span.CopyTo(destination);
    }

    /// <summary>Stores bytes.</summary>
    /// <exception cref="TeeDriverException">EFAULT: a bus error, wherever the board's row of the CPUs does not say "write"; EINVAL, ENOMEM, ENODEV.</exception>
    public void Store(ulong address, ReadOnlySpan<byte> source)
    {
        using ShmBlock block = Take(source.Length);
        source.CopyTo(block.Span);
        _bus.Access(SipDevices.CpuStore, address, block.Address.Value, (ulong)source.Length);
    }

    private ShmBlock Take(int length) => length is > 0 and <= MaxLength
        ? _shm.Allocate((ulong)length)
        : throw new TeeDriverException(Errno.EINVAL, $"An access takes 1 to {MaxLength} bytes, not {length}.");
}
