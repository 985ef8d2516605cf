using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>A touch.</summary>
/// <param name="X">From the left.</param>
/// <param name="Y">From above.</param>
/// <param name="IsDown">Whether the finger is down.</param>
public readonly record struct Touch(ushort X, ushort Y, bool IsDown);

/// <summary>The driver of the touch controller, which hears nothing while a trusted application has the device.</summary>
public sealed class TouchController : Peripheral
{
    internal TouchController(PeripheralParts parts)
        : base(parts, DescriptorHead.Size)
    {
    }

    /// <summary>Raised when there is something to take. It comes on the thread that takes interrupts, and must be quick.</summary>
    public event Action? Touched;

    /// <summary>Whether a trusted application has the device.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public bool IsSecure => Read(TouchRegisters.IsSecure) != 0;

    /// <summary>Takes the oldest touch; null when there is none, or none for the normal world.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public Touch? Take() => ReadIfThere(TouchRegisters.Event) is { } value
        ? new Touch((ushort)(value & ushort.MaxValue), (ushort)(value >> 16 & ushort.MaxValue), (value >> 32 & 1) != 0)
        : null;

    /// <summary>Plays the person in front of the device.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public void Press(Touch touch) => Write(TouchRegisters.Finger, TouchRegisters.Pack(touch.X, touch.Y, touch.IsDown));

    private protected override void OnEvent() => Touched?.Invoke();
}
