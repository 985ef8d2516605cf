namespace RestrictedTee.Xtest.Framework;

/// <summary>A suite under the name that the original gives it.</summary>
/// <param name="Name">As after <c>-t</c>.</param>
/// <param name="Cases">In the order in which they run.</param>
internal sealed record XtestSuite(string Name, IReadOnlyList<XtestCase> Cases);

/// <summary>Which cases of some suites to run, chosen as the original's command line chooses them.</summary>
internal sealed record XtestSelection(params IReadOnlyList<XtestSuite> Suites)
{
    /// <summary>A case runs when its id contains one of these; any does when there is none.</summary>
    internal IReadOnlyList<string> TestIds { get; init; } = [];

    /// <summary>A case does not run when its id contains one of these (<c>-x</c>).</summary>
    internal IReadOnlyList<string> Excluded { get; init; } = [];

    internal string SuiteName => string.Join('+', Suites.Select(suite => suite.Name));

    internal IEnumerable<XtestCase> AllCases => Suites.SelectMany(suite => suite.Cases);

    /// <summary>The ids as they stood on the command line; empty when all cases run.</summary>
    internal string Filter => string.Join(' ', TestIds.Concat(Excluded.Select(id => $"-x {id}")));

    internal List<XtestCase> Choose() =>
        [.. AllCases.Where(c => (TestIds.Count == 0 || TestIds.Any(id => Names(id, c))) && !Excluded.Any(id => Names(id, c)))];

    /// <summary>The first id on the command line that names no case at all; null when each names one.</summary>
    internal string? FindUnknownId() => TestIds.Concat(Excluded).FirstOrDefault(id => !AllCases.Any(c => Names(id, c)));

    private static bool Names(string id, XtestCase testCase) => testCase.Id.Contains(id, StringComparison.Ordinal);
}
