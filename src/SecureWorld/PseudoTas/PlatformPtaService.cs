using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>Tells a client what it is talking to; the contract is <see cref="PlatformPta"/>.</summary>
[TrustedApp(
    PlatformPta.UuidText,
    Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive | TaFlags.Concurrent,
    Description = "platform.pta")]
internal sealed class PlatformPtaService(KernelServices kernel) : TrustedApp
{
    [Command(PlatformPta.CommandDescribe)]
    public void Describe(ValueOutput platform)
    {
        platform.A = PlatformPta.Emulation;
        platform.B = (uint)kernel.Restricted.Protection;
    }
}
