using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>What a device is to be let to.</summary>
/// <param name="Exporter">Whose buffer it is.</param>
/// <param name="Device">Which device; <see cref="DmaDevice.Cpu"/> when the CPU asks.</param>
/// <param name="Direction">Which way.</param>
/// <param name="Ranges">The memory; empty when the CPU asks.</param>
internal readonly record struct AccessRequest(IDmaBufExporter Exporter, DmaDevice Device, DmaDirection Direction, IReadOnlyList<MemoryRange> Ranges);

/// <summary>
/// Who is asked before a device gets at a buffer, and told when it is to lose it: SMAF's secure module (grant_access, revoke_access)
/// as the normal world calls it. It is asked while the buffer's lock is held, so it calls back into no buffer.
/// </summary>
internal interface IAccessGate
{
    /// <summary>Lets the device in.</summary>
    /// <exception cref="TeeDriverException">EACCES.</exception>
    void Grant(in AccessRequest request);

    /// <summary>Shuts it out again, whatever it is doing. Does not fail.</summary>
    void Revoke(in AccessRequest request);
}

/// <summary>A gate that decides by the rights in the device's row of the board alone.</summary>
internal sealed class RowGate : IAccessGate
{
    internal static RowGate Instance { get; } = new();

    public void Grant(in AccessRequest request)
    {
        DmaAccess wanted = DmaDirections.AccessOf(request.Direction), has = request.Device.RightsFor(request.Exporter.UseCase);
        if ((wanted & ~has) != 0)
            throw new TeeDriverException(Errno.EACCES, $"{request.Device.Name} may do {has} with buffers of {request.Exporter.Name}, not {wanted}.");
    }

    public void Revoke(in AccessRequest request)
    {
        // Nothing was opened.
    }
}
