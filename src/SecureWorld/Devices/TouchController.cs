using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>One touch.</summary>
internal readonly record struct TouchEvent(ushort X, ushort Y, bool IsDown);

/// <summary>
/// Tells where a finger is: the normal world by registers, or, while one session of a trusted application has it, that session and nobody
/// else. Changing hands forgets what was not fetched.
/// </summary>
/// <remarks>What it tells while it is secure: that it is.</remarks>
internal sealed class TouchController(DeviceParts parts) : DeviceModel(parts)
{
    private const int MaxEvents = 64;

    private readonly Queue<TouchEvent> _events = new(); // this and the next: with the lock of the registers
    private object? _owner;

    protected override int DescriptorSize => DescriptorHead.Size;

    /// <summary>Gives it to one owner.</summary>
    /// <returns>False when another has it.</returns>
    internal bool TryAcquire(object owner)
    {
        Update(() =>
        {
            if (_owner is not null)
                return;
            _owner = owner;
            _events.Clear();
        });
        return IsOwnedBy(owner);
    }

    /// <summary>Gives it back to the normal world, if the owner has it.</summary>
    internal void Release(object owner) => Update(() =>
    {
        if (_owner != owner)
            return;
        _owner = null;
        _events.Clear();
    });

    /// <summary>Takes the oldest event, if the owner has the device and there is one.</summary>
    internal TouchEvent? Take(object owner)
    {
        TouchEvent? taken = null;
        Update(() => taken = _owner == owner && _events.TryDequeue(out TouchEvent next) ? next : null);
        return taken;
    }

    protected override ulong? ReadOwn(ulong offset) => offset switch
    {
        TouchRegisters.IsSecure => _owner is null ? 0UL : 1,
        TouchRegisters.Count => _owner is null ? (ulong)_events.Count : 0,
        TouchRegisters.Event when _owner is null && _events.TryDequeue(out TouchEvent next) => TouchRegisters.Pack(next.X, next.Y, next.IsDown),
        _ => null,
    };

    protected override bool WriteOwn(ulong offset, ulong value)
    {
        if (offset != TouchRegisters.Finger || value >> 33 != 0)
            return false;
        if (_events.Count == MaxEvents)
            _events.Dequeue();
        _events.Enqueue(new TouchEvent((ushort)(value & ushort.MaxValue), (ushort)((value >> 16) & ushort.MaxValue), value >> 32 != 0));
        if (_owner is null)
            Interrupt();
        return true;
    }

    protected override DeviceResult Run(ReadOnlySpan<byte> descriptor) => DeviceResult.BadDescriptor; // it touches no memory

    private bool IsOwnedBy(object owner)
    {
        bool isOwned = false;
        Update(() => isOwned = _owner == owner);
        return isOwned;
    }
}
