using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Devices;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>Gives the touch controller to one session of a trusted application; the contract is <see cref="TouchPta"/>.</summary>
[TrustedApp(
    TouchPta.UuidText,
    Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive | TaFlags.Concurrent,
    Description = "touch.pta")]
internal sealed class TouchPtaService(KernelServices kernel) : TrustedApp
{
    [OpenSession]
    public TeeResult Open(TaSession session)
    {
        if (Tee.ClientIdentity.Login != TeeIdentity.LoginTrustedApp)
            return TeeResult.AccessDenied;
        if (Device is not { } device)
            return TeeResult.NotSupported;
        return device.TryAcquire(session) ? TeeResult.Success : TeeResult.Busy;
    }

    [Command(TouchPta.CommandTake)]
    public TeeResult Take(TaSession session, ValueOutput place, ValueOutput finger)
    {
        if (Device?.Take(session) is not { } touch)
            return TeeResult.ItemNotFound;
        (place.A, place.B, finger.A) = (touch.X, touch.Y, touch.IsDown ? 1u : 0);
        return TeeResult.Success;
    }

    protected internal override void CloseSession(TaSession session) => Device?.Release(session);

    private TouchController? Device => kernel.Models().Devices.OfType<TouchController>().FirstOrDefault();
}
