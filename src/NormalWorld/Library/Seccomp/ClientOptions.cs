using RestrictedTee.NormalWorld.DeviceNodes;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>How unmodified programs see the devices.</summary>
/// <param name="Face">Which tee.h they were built for.</param>
/// <param name="Trace">Where each call of a device is written, decoded; null for nowhere.</param>
public sealed record ClientOptions(DeviceFace Face = DeviceFace.Mainline, TextWriter? Trace = null);
