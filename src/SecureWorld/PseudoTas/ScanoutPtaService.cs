using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>Tells trusted applications of the secure data path what was scanned out; the contract is <see cref="ScanoutPta"/>.</summary>
[TrustedApp(
    ScanoutPta.UuidText,
    Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive | TaFlags.Concurrent,
    Description = "scanout.pta")]
internal sealed class ScanoutPtaService(KernelServices kernel) : TrustedApp
{
    [OpenSession]
    public TeeResult Open()
    {
        if (CallStack.Current.Caller?.Session?.Instance.Manifest.Has(TaFlags.SecureDataPath) != true)
            return TeeResult.AccessDenied;
        return Display is null ? TeeResult.NotSupported : TeeResult.Success;
    }

    [Command(ScanoutPta.CommandRead)]
    public void Read(ValueOutput frames, ValueOutput sums, ValueOutput restricted)
    {
        (ulong count, ScannedFrame last) = Display!.Scanned;
        (frames.A, frames.B) = ((uint)(count >> 32), unchecked((uint)count));
        (sums.A, sums.B, restricted.A) = (last.Crc, last.RegionCrc, last.IsRestricted ? 1u : 0);
    }

    private DisplayController? Display => kernel.Models().Devices.OfType<DisplayController>().FirstOrDefault();
}
