using RestrictedTee.Tests.Harness;
using RestrictedTee.Xtest.Framework;
using RestrictedTee.Xtest.Regression1000;

namespace RestrictedTee.Tests.Client;

/// <summary>A case that an exception ends has failed, on every line that tells of it, and costs only itself.</summary>
public sealed class XtestRunnerTests
{
    public static TheoryData<string> Kinds => ["at once", "in a sub-case", "between sub-cases", "on a thread"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_case_that_an_exception_ended_never_prints_OK(string kind)
    {
        (XtestSummary summary, string output) = Run(new XtestCase("demo_1", "throws", c => Throw(c, kind)), new XtestCase("demo_2", "goes on", c => c.Expect(true, "nothing")));

        Assert.True(summary is { Cases: 2, FailedCases: 1, FailedSubtests: 1 }, output);
        Assert.Contains("got NotSupportedException", output, StringComparison.Ordinal);
        string[] lines = output.Split('\n');
        Assert.DoesNotContain(lines, line => line.Contains("demo_1", StringComparison.Ordinal) && line.TrimEnd().EndsWith("OK", StringComparison.Ordinal) && !line.Contains("demo_1.1", StringComparison.Ordinal));
        Assert.Contains("  demo_1 FAILED", output, StringComparison.Ordinal);
        Assert.Equal(kind == "in a sub-case", output.Contains("  demo_1.1 FAILED", StringComparison.Ordinal));
        Assert.Equal(kind == "between sub-cases", output.Contains("  demo_1.1 OK", StringComparison.Ordinal));
        Assert.Contains("demo_2 OK", output, StringComparison.Ordinal);
    }

    private static void Throw(CaseRun c, string kind)
    {
        switch (kind)
        {
            case "in a sub-case":
                using (c.Begin("which throws"))
                    throw new NotSupportedException();
            case "between sub-cases":
                using (c.Begin("which is over"))
                    c.Expect(true, "nothing");
                throw new NotSupportedException();
            case "on a thread":
                CoreCases.Parallel(2, n => _ = n == 1 ? throw new NotSupportedException() : n);
                break;
            default:
                throw new NotSupportedException();
        }
    }

    private static (XtestSummary Summary, string Output) Run(params XtestCase[] cases)
    {
        using var tee = new InProcessTee();
        using var output = new StringWriter();
        using var host = new XtestHost(tee.OpenContext, level: 0, output);
        return (XtestRunner.Run(new XtestSelection(new XtestSuite("demo", cases)), host), output.ToString());
    }
}
