using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>Descriptors in normal RAM, as many as a device can have jobs. The caller's lock protects it.</summary>
internal sealed class DescriptorRing : IDisposable
{
    /// <summary>What wait and the one that runs.</summary>
    private const int Slots = DeviceRegisters.MaxPending + 1;

    /// <summary>Stands in the status until the device has written it.</summary>
    private const uint NotDone = uint.MaxValue;

    private readonly ShmBlock _block;
    private readonly int _size;
    private readonly Stack<int> _free = new(Enumerable.Range(0, Slots));

    /// <exception cref="Uapi.TeeDriverException">ENOMEM.</exception>
    internal DescriptorRing(ShmAllocator shm, int descriptorSize)
    {
        _size = (descriptorSize + sizeof(ulong) - 1) / sizeof(ulong) * sizeof(ulong);
        _block = shm.Allocate((ulong)(Slots * _size));
    }

    /// <summary>Writes a descriptor; null when all are out.</summary>
    internal int? Write<T>(in T descriptor)
        where T : unmanaged
    {
        if (!_free.TryPop(out int slot))
            return null;
        MemoryMarshal.Write(Bytes(slot), descriptor);
        MemoryMarshal.Write(Bytes(slot)[DescriptorHead.StatusOffset..], NotDone);
        return slot;
    }

    internal ulong AddressOf(int slot) => _block.Address.Value + (ulong)(slot * _size);

    /// <summary>What the device wrote; a descriptor that it could not even read is a bad one.</summary>
    internal DeviceResult StatusOf(int slot)
    {
        uint status = MemoryMarshal.Read<uint>(Bytes(slot)[DescriptorHead.StatusOffset..]);
        return status == NotDone ? DeviceResult.BadDescriptor : (DeviceResult)status;
    }

    internal void Return(int slot) => _free.Push(slot);

    public void Dispose() => _block.Dispose();

    private Span<byte> Bytes(int slot) => _block.Span.Slice(slot * _size, _size);
}
