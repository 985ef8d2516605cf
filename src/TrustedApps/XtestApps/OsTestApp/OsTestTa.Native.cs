using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.OsTestApp;

/// <summary>
/// What is native code's: features of Arm CPUs and of compilers. The TA says that it was built without, as the original does where that is so.
/// </summary>
public sealed partial class OsTestTa
{
    /// <summary>The attestation pseudo TA is to digest this TA's memory; where there is none, its absence is the answer.</summary>
    [Command(OsTest.CommandAttestation)]
    public static TeeResult Attestation(RawParameters parameters)
    {
        using TaClientSession attestation = TaClientSession.Open(AttestationPta);
        var operation = new TaOperation { P0 = parameters.ToPass(0), P1 = parameters.ToPass(1), P2 = parameters.ToPass(2), P3 = parameters.ToPass(3) };
        TeeResult result = attestation.TryInvoke(HashTaMemory, ref operation, out _);
        parameters.Answer(operation);
        return result;
    }

    /// <inheritdoc/>
    protected override TeeResult OtherCommand(TaSession session, uint command) => command switch
    {
        OsTest.CommandPauthNop or OsTest.CommandPauthCorruptPac => TeeResult.NotSupported,
        >= OsTest.CommandMemtagUseAfterFree and <= OsTest.CommandMemtagBufferOverrun => TeeResult.NotSupported,
        >= OsTest.CommandAsanStack and <= OsTest.CommandAsanMemfunc => TeeResult.NotSupported,
        _ => TeeResult.BadParameters,
    };

    /// <summary>PTA_ATTESTATION_HASH_TA_MEMORY (lib/libutee/include/pta_attestation.h upstream).</summary>
    private const uint HashTaMemory = 2;

    /// <summary>PTA_ATTESTATION_UUID.</summary>
    private static readonly Guid AttestationPta = new("39800861-182a-4720-9b67-2bcd622bc0b5");
}
