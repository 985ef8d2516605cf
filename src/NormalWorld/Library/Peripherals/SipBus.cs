using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>The registers of the board's devices, by SiP service calls; the one place where their return codes become errno.</summary>
internal sealed class SipBus(OpteeDriver driver)
{
    /// <summary>One for each bit of the interrupts.</summary>
    private const ulong MaxDevices = 64;

    /// <summary>How many devices the secure world has models of.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the secure world has gone, or says what cannot be.</exception>
    internal int DeviceCount => Below(MaxDevices + 1, Checked(Call(SipDevices.DeviceCount, 0, 0, 0), "their number"), "devices");

    /// <summary>The row of the board that a device has.</summary>
    /// <exception cref="TeeDriverException">EINVAL, ENODEV.</exception>
    internal int RowOf(int device) => Below(int.MaxValue, Checked(Call(SipDevices.DeviceInfo, (ulong)device, 0, 0), $"device {device}"), "as a row of the board");

    /// <summary>The devices with an interrupt, a bit each; they have none after it.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    internal ulong TakeInterrupts() => Call(SipDevices.InterruptsTake, 0, 0, 0).Value;

    /// <exception cref="TeeDriverException">EINVAL: there is none, or it is not read; ENODEV.</exception>
    internal ulong Read(int device, ulong register) =>
        Checked(Call(SipDevices.RegisterRead, (ulong)device, register, 0), $"register 0x{register:x} of device {device}");

    /// <summary>Reads a register that is not always there.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    internal ulong? ReadIfThere(int device, ulong register)
    {
        (ulong code, ulong value) = Call(SipDevices.RegisterRead, (ulong)device, register, 0);
        return code == SipDevices.Success ? value : null;
    }

    /// <exception cref="TeeDriverException">EINVAL: there is none, or it does not take the value; EBUSY: the device has as many jobs as it takes; ENODEV.</exception>
    internal void Write(int device, ulong register, ulong value) =>
        Checked(Call(SipDevices.RegisterWrite, (ulong)device, register, value), $"register 0x{register:x} of device {device}");

    /// <summary>A CPU's stores or loads, which on a real board are no call.</summary>
    /// <exception cref="TeeDriverException">EFAULT: a bus error; ENODEV.</exception>
    internal void Access(uint function, ulong first, ulong second, ulong length) => Checked(Call(function, first, second, length), $"{length} bytes at 0x{first:x}");

    /// <summary>What the secure world says is looked at before it is counted with.</summary>
    private static int Below(ulong limit, ulong value, string what) =>
        value < limit ? (int)value : throw new TeeDriverException(Errno.ENODEV, $"The secure world names {value} {what}.");

    private (ulong Code, ulong Value) Call(uint function, ulong x1, ulong x2, ulong x3)
    {
        SmcFrame frame = default;
        (frame[0], frame[1], frame[2], frame[3]) = (function, x1, x2, x3);
        driver.FastCall(ref frame);
        return (frame[0], frame[1]);
    }

    private static ulong Checked((ulong Code, ulong Value) answer, string what) => answer.Code switch
    {
        SipDevices.Success => answer.Value,
        SipDevices.NotRequired => throw new TeeDriverException(Errno.EBUSY, $"The device is busy: {what}."),
        SipDevices.BusError => throw new TeeDriverException(Errno.EFAULT, $"A bus error: {what}."),
        SipDevices.InvalidParameter => throw new TeeDriverException(Errno.EINVAL, $"There is no such thing, or it does not take the value: {what}."),
        _ => throw new TeeDriverException(Errno.ENODEV, $"The secure world has no devices (0x{answer.Code:x}): {what}."),
    };
}
