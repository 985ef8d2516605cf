using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The bti_test TA, as it is where the compiler was not asked for the feature.</summary>
[TrustedApp(BtiTest.UuidText)]
public sealed class BtiTestTa : TrustedApp
{
    /// <summary>bool, in the set of the implementation; upstream's TEE has it on Arm CPUs.</summary>
    private const string Feature = "org.trustedfirmware.optee.cpu.feat_bti_implemented";

    [OpenSession]
    public static void Open(RawParameters parameters)
    {
    }

    [Command(BtiTest.CommandIsImplemented)]
    public static void IsImplemented(ValueOutput answer) => answer.A = Tee.GetProperty(PropertySet.TeeImplementation, Feature) is true ? 1u : 0u;

    [Command(BtiTest.CommandBlr)]
    public static TeeResult Blr(RawParameters parameters) => TeeResult.NotImplemented;

    [Command(BtiTest.CommandBr)]
    public static TeeResult Br(RawParameters parameters) => TeeResult.NotImplemented;

    [Command(BtiTest.CommandBrX16)]
    public static TeeResult BrX16(RawParameters parameters) => TeeResult.NotImplemented;
}
