using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>What a device is to be let to.</summary>
/// <param name="Exporter">Whose buffer it is.</param>
/// <param name="Device">Which device; <see cref="DmaDevice.Cpu"/> when the CPU asks.</param>
/// <param name="Direction">Which way.</param>
/// <param name="Cookie">The TEE's name for the buffer, when it keeps it as a restricted one; else 0, and the rules of the board are all there is.</param>
internal readonly record struct AccessRequest(IDmaBufExporter Exporter, DmaDevice Device, DmaDirection Direction, ulong Cookie);

/// <summary>
/// Who is asked before a device gets at a buffer, and told when it is to lose it: SMAF's secure module (grant_access, revoke_access)
/// as the normal world calls it. It is asked while the buffer's lock is held, so it calls back into no buffer.
/// </summary>
internal interface IAccessGate
{
    /// <summary>Lets the device in.</summary>
    /// <returns>The handle by which the device's descriptors name the buffer; 0 when they name it by physical addresses.</returns>
    /// <exception cref="TeeDriverException">EACCES: a rule forbids it; EINVAL: the board has no such device; EOPNOTSUPP: it cannot reach the buffer; ENOMEM, ENODEV.</exception>
    ulong Grant(in AccessRequest request);

    /// <summary>Shuts it out again, whatever it is doing. Does not fail.</summary>
    /// <param name="request">What was granted.</param>
    /// <param name="handle">What the grant returned.</param>
    void Revoke(in AccessRequest request, ulong handle);

    /// <summary>
    /// Forbids one device a buffer whatever the rules say, or takes that back. What it has mapped stays mapped, fails meanwhile, and works
    /// again then. A gate that decides by rules alone can do neither.
    /// </summary>
    /// <param name="request">Which device and which buffer; the direction says nothing.</param>
    /// <param name="isGranted">Whether it is taken back.</param>
    /// <exception cref="TeeDriverException">EOPNOTSUPP: nobody keeps this buffer at run time; EINVAL: the board has no such device; EACCES: no rule lets it at the buffer; EBUSY, ENODEV.</exception>
    void SetAccess(in AccessRequest request, bool isGranted) =>
        throw new TeeDriverException(Errno.EOPNOTSUPP, $"Nobody stands between {request.Device.Name} and a buffer of {request.Exporter.Name} who could be told.");
}

/// <summary>A gate that decides by the rights in the device's row of the board alone.</summary>
internal sealed class RowGate : IAccessGate
{
    internal static RowGate Instance { get; } = new();

    public ulong Grant(in AccessRequest request)
    {
        DmaAccess wanted = DmaDirections.AccessOf(request.Direction), has = request.Device.RightsFor(request.Exporter.UseCase);
        if ((wanted & ~has) != 0)
            throw new TeeDriverException(Errno.EACCES, $"{request.Device.Name} may do {has} with buffers of {request.Exporter.Name}, not {wanted}.");
        return 0;
    }

    public void Revoke(in AccessRequest request, ulong handle)
    {
        // Nothing was opened.
    }
}
