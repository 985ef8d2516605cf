namespace RestrictedTee.Xtest.Framework;

/// <summary>What a run of cases came to.</summary>
/// <param name="Subtests">Expectations checked.</param>
/// <param name="FailedSubtests">Of which not met.</param>
/// <param name="Cases">Cases run.</param>
/// <param name="FailedCases">Of which failed.</param>
/// <param name="Skipped">Cases that were not chosen.</param>
/// <param name="NotRun">Cases that cannot be run here.</param>
internal readonly record struct XtestSummary(int Subtests, int FailedSubtests, int Cases, int FailedCases, int Skipped, int NotRun);

/// <summary>Runs cases and prints what xtest prints.</summary>
internal static class XtestRunner
{
    private const string Rule = "+-----------------------------------------------------";

    /// <summary>Runs the cases that were chosen, one after the other.</summary>
    /// <param name="selection">The cases.</param>
    /// <param name="host">What they run on.</param>
    /// <param name="starting">Told of each case that is about to run, its number among those that run, and how many they are.</param>
    internal static XtestSummary Run(XtestSelection selection, XtestHost host, Action<XtestCase, int, int>? starting = null)
    {
        TextWriter output = host.Output;
        output.WriteLine("######################################################");
        output.WriteLine("#");
        output.WriteLine($"# {selection.SuiteName}");
        output.WriteLine("#");
        output.WriteLine("######################################################");

        List<XtestCase> chosen = selection.Choose();
        int runnable = chosen.Count(c => WhyNotRun(c, host) is null);
        var results = new List<string>();
        int subtests = 0, failedSubtests = 0, run = 0, failed = 0;
        foreach (XtestCase testCase in chosen)
        {
            if (WhyNotRun(testCase, host) is { } why)
            {
                results.Add($"{testCase.Id} {why}");
                continue;
            }

            starting?.Invoke(testCase, run + 1, runnable);
            var caseRun = new CaseRun(testCase, host);
            using (caseRun.Begin(testCase.Title))
                RunBody(testCase, caseRun);
            run++;
            subtests += caseRun.Expectations;
            failedSubtests += caseRun.Failures;
            if (caseRun.Failures > 0)
                failed++;
            results.AddRange(caseRun.Failures > 0 ? caseRun.FailedSubCases : [$"{testCase.Id} OK"]);
        }

        int notRun = chosen.Count - run;
        var summary = new XtestSummary(subtests, failedSubtests, run, failed, selection.AllCases.Count() - chosen.Count, notRun);
        output.WriteLine(Rule);
        output.WriteLine(selection.Filter.Length == 0 ? $"Result of testsuite {selection.SuiteName}:" : $"Result of testsuite {selection.SuiteName} filtered by \"{selection.Filter}\":");
        results.ForEach(output.WriteLine);
        output.WriteLine(Rule);
        output.WriteLine($"{subtests} {Plural(subtests, "subtest", "subtests")} of which {failedSubtests} failed");
        output.WriteLine($"{run} {Plural(run, "test case", "test cases")} of which {failed} failed");
        output.WriteLine($"{summary.Skipped} {Plural(summary.Skipped, "test case was", "test cases were")} skipped");
        if (notRun > 0)
            output.WriteLine($"{notRun} {Plural(notRun, "test case is", "test cases are")} not applicable or not served yet");
        output.WriteLine("TEE test application done!");
        return summary;
    }

    private static string? WhyNotRun(XtestCase testCase, XtestHost host) =>
        testCase.WhyNotRun
        ?? (testCase.NeedsDriver && host.Peripherals is null ? "not applicable: it drives devices, which are in the process that serves the TEE" : null)
        ?? (testCase.NeedsDevice is { } device && host.Peripherals?.Has(device) != true ? $"not applicable: the board has no {device}" : null)
        ?? (testCase.NeedsHeap is { } heap && !host.HasHeap(heap) ? $"not applicable: the board has no heap '{heap}' (--board {testCase.BoardWithHeap})" : null)
        ?? (!testCase.NeedsFfa ? null
            : host.Ffa is null ? "not applicable: it needs worlds that talk by FF-A (--conduit ffa)"
            : host.HasTestPartitions ? null
            : "not applicable: the board has no test partitions (--board ffa-test, or ffa-test-dynamic)");

    private static void RunBody(XtestCase testCase, CaseRun run)
    {
        try
        {
            testCase.Run!(run);
        }
        catch (Exception e) when (Failed(run, e))
        {
            // The case has ended; those behind it run.
        }
    }

    /// <summary>
    /// A filter, because it is evaluated before the stack unwinds: the sub-cases that the exception leaves are still open, and
    /// report what happened to them when they end.
    /// </summary>
    private static bool Failed(CaseRun run, Exception e)
    {
        run.Expect(condition: false, $"no exception, got {e.GetType().Name}: {e.Message}");
        return true;
    }

    private static string Plural(int count, string one, string many) => count == 1 ? one : many;
}
