using RestrictedTee.Xtest.FfaSpmc;
using RestrictedTee.Xtest.Regression1000;

namespace RestrictedTee.Xtest.Framework;

/// <summary>All cases, suite by suite. A case is a method and one row in its file's list.</summary>
internal static class XtestRegistry
{
    /// <summary>The name under which the original prints its default suite.</summary>
    internal const string Regression = "regression";

    /// <summary>The name under which it prints both.</summary>
    internal const string All = "regression+ffa_spmc";

    /// <summary>The cases of the regression suite, in the order of their numbers.</summary>
    internal static IReadOnlyList<XtestCase> RegressionCases { get; } =
    [
        .. new[] { CoreCases.All, LifecycleCases.All, WaitCases.All, ConcurrencyCases.All, SharedMemoryCases.All, LoginCases.All, ElsewhereCases.All }
            .SelectMany(cases => cases)
            .OrderBy(c => c.Id, StringComparer.Ordinal),
    ];

    /// <summary>The cases of the ffa_spmc suite: 1001–1006 are the original's, the rest is RestrictedTee's own.</summary>
    internal static IReadOnlyList<XtestCase> FfaSpmcCases { get; } =
        [.. SpmcCases.All.Concat(MemoryErrorCases.All).Concat(SpmcStateCases.All).Select(c => c with { NeedsFfa = true })];

    /// <summary>Both suites, as they are run when none is asked for.</summary>
    internal static IReadOnlyList<XtestCase> AllCases { get; } = [.. RegressionCases, .. FfaSpmcCases];
}
