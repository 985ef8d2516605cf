using System.Diagnostics;
using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.Xtest.SecureDataPath;

/// <summary>
/// The sdp-basic test as a program: the five parts of the original, each ending in OK or FAILED. A refusal that the test wants
/// reads as one.
/// </summary>
internal static class SdpBasicCommand
{
    /// <returns>Whether all five parts passed.</returns>
    internal static bool Run(TeeContext tee, SdpOptions options, bool verbose, TextWriter output, Action<string>? progress = null)
    {
        output.WriteLine($"Secure data path: {options.Loops} loops, buffers of {options.Size} bytes from {options.HeapName}, {(options.RandomOffset ? "random offsets 0 to 255" : "no offsets")}");
        bool passed = true;
        int part = 0;
        foreach (SdpPath path in SdpPath.All)
        {
            part++;
            var watch = Stopwatch.StartNew();
            SdpOutcome outcome = SdpBasicTest.Run(tee, path, options, loop => progress?.Invoke($"part {part} of 5: loop {loop} of {options.Loops}"));
            passed &= Report(output, part, path.Title, outcome, verbose, watch.Elapsed);
        }

        part++;
        List<SdpOutcome> outcomes = [.. OutOfBoundsTest.Run(tee, options, includeValid: verbose)];
        bool inBounds = outcomes.TrueForAll(o => o.Matches);
        foreach (SdpOutcome outcome in outcomes.Where(o => verbose || !o.Matches))
            output.WriteLine($"    {(outcome.Matches ? "" : "expected ")}{outcome.Text}");
        output.WriteLine($"{part}. {"Out of bounds references to a SDP buffer",-62} {(inBounds ? "OK" : "FAILED")}  ({outcomes.Count(o => o.Matches)} of {outcomes.Count} as they must be)");
        passed &= inBounds;
        output.WriteLine(passed ? "Secure data path: all 5 parts passed" : "Secure data path: FAILED");
        return passed;
    }

    private static bool Report(TextWriter output, int part, string title, SdpOutcome outcome, bool verbose, TimeSpan elapsed)
    {
        string detail = outcome.Matches ? $"  ({outcome.Text}{(verbose ? $", {elapsed.TotalMilliseconds:0} ms" : "")})" : "";
        output.WriteLine($"{part}. {title,-62} {(outcome.Matches ? "OK" : "FAILED")}{detail}");
        if (!outcome.Matches)
            output.WriteLine($"    expected {outcome.Text}");
        return outcome.Matches;
    }
}
