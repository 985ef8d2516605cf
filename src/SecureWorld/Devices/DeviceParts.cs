using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.Screens;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>What a device is made of.</summary>
/// <param name="Port">The way to memory.</param>
/// <param name="Ram">Where a device keeps what it has read while it works on it.</param>
/// <param name="Interrupt">Tells the normal world that a job has ended.</param>
internal sealed record DeviceParts(BusPort Port, SecureRam Ram, Action Interrupt)
{
    /// <summary>Where a display's screen is written; null when nobody asked, which the normal world cannot.</summary>
    internal Screen? Screen { get; init; }
}
