using RestrictedTee.NormalWorld.Driver.Ffa;
using RestrictedTee.NormalWorld.Driver.Smc;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Driver.Probe;

/// <summary>
/// Binds the driver to the wires that it was given (optee_probe and optee_ffa_probe upstream). A conduit ABI is one class and one
/// line of the table here; nothing below knows which of them there are.
/// </summary>
internal static class OpteeProbe
{
    private static readonly Dictionary<ConduitAbi, AbiFactory> Abis = new()
    {
        [ConduitAbi.Smc] = SmcAbi.Create,
        [ConduitAbi.Ffa] = FfaAbi.Create,
    };

    /// <exception cref="TeeDriverException">ENODEV: what answers is not an OP-TEE of a revision that this driver knows.</exception>
    internal static OpteeDriver Bind(DriverWiring wiring, RamBank bank0, PhysicalRange reserved, ShmAllocator shm, SupplicantQueue supplicant) =>
        new(wiring, bank0, reserved, shm, supplicant, Abis[wiring.Abi]);
}
