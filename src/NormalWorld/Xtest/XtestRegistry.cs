using RestrictedTee.Xtest.DmaBufs;
using RestrictedTee.Xtest.FfaSpmc;
using RestrictedTee.Xtest.Framework;
using RestrictedTee.Xtest.Regression1000;
using RestrictedTee.Xtest.Regression2000;
using RestrictedTee.Xtest.Regression4000;
using RestrictedTee.Xtest.Regression4100;
using RestrictedTee.Xtest.Regression8100;

namespace RestrictedTee.Xtest;

/// <summary>All cases, suite by suite. A case is a method and one row in its file's list.</summary>
internal static class XtestRegistry
{
    /// <summary>The cases of the regression suite, in the order of their numbers.</summary>
    internal static XtestSuite Regression { get; } = new(
        "regression",
        [
            .. new[]
                {
                    CoreCases.All, CryptoCases.All, LifecycleCases.All, PanicCases.All, WaitCases.All, ConcurrencyCases.All, SharedMemoryCases.All, LoginCases.All, PluginCases.All, NativeCases.All, LibraryCases.All, ElsewhereCases.All,
                    TcpCases.All, UdpCases.All,
                    DigestCases.All, CipherCases.All, AsymmetricCases.All, KeyCases.All, DerivationCases.All,
                    NumberCases.All, ArithmeticCases.All,
                    CertificateCases.All,
                }
                .SelectMany(cases => cases)
                .OrderBy(c => c.Id, StringComparer.Ordinal),
        ]);

    /// <summary>The cases of the ffa_spmc suite: 1001–1006 are the original's, the rest is RestrictedTee's own.</summary>
    internal static XtestSuite FfaSpmc { get; } = new(
        "ffa_spmc", [.. SpmcCases.All.Concat(MemoryErrorCases.All).Concat(SpmcStateCases.All).Select(c => c with { NeedsFfa = true })]);

    /// <summary>The cases of the dmabuf suite, which are RestrictedTee's own: buffers among devices, and what each proposal promised.</summary>
    internal static XtestSuite DmaBuf { get; } = new("dmabuf", [.. SharingCases.All.Concat(ProposalCases.All).Concat(DeviceCases.All).Select(c => c with { NeedsDriver = true })]);

    /// <summary>What is run when no suite is asked for.</summary>
    internal static IReadOnlyList<XtestSuite> Suites { get; } = [Regression, FfaSpmc, DmaBuf];
}
