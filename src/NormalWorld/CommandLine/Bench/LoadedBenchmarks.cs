using System.Diagnostics;
using System.Text.Json;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.SmcTransport.Conduits;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>
/// The same round trips on an idle machine, beside two busy loops, and pinned to one core: what a call costs must not depend
/// on that any more than what a pipe costs does.
/// </summary>
internal sealed class LoadedBenchmarks(Action<string> starting, List<BenchRow> rows)
{
    private const int BusyLoops = 2;

    internal void Run()
    {
        starting("round trips on an idle machine");
        Add("quiet", Measured());
        starting($"round trips beside {BusyLoops} busy loops");
        Add($"{BusyLoops} busy loops", BesideBusyLoops());
        starting("round trips on one core");
        using (CoreAffinity.PinToOneCore())
            Add("one core", Measured());
    }

    /// <summary>Both: as it is, and with polling off, which is what the rule of when to poll must not lose much against.</summary>
    private static (RoundTrips AsItIs, RoundTrips Blocking) Measured() => (Measured(polls: true), Measured(polls: false));

    private static (RoundTrips AsItIs, RoundTrips Blocking) BesideBusyLoops()
    {
        Process[] loops = [.. Enumerable.Range(0, BusyLoops).Select(_ => Start(InternalCommands.BusyLoopName, redirectInput: true))];
        try
        {
            return Measured();
        }
        finally
        {
            foreach (Process loop in loops)
            {
                loop.StandardInput.Close();
                loop.WaitForExit();
                loop.Dispose();
            }
        }
    }

    private static RoundTrips Measured(bool polls)
    {
        using Process process = Start(InternalCommands.RoundTripsName, redirectInput: false, polls);
        string line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonSerializer.Deserialize(line, BenchJson.Default.RoundTrips) ?? throw new IOException("The measuring process wrote nothing.");
    }

    private static Process Start(string command, bool redirectInput, bool polls = true)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, command)
        {
            UseShellExecute = false,
            RedirectStandardInput = redirectInput,
            RedirectStandardOutput = true,
        };
        if (!polls)
            start.Environment[SpinGovernor.Variable] = "off";
        return Process.Start(start)!;
    }

    private void Add(string load, (RoundTrips AsItIs, RoundTrips Blocking) trips)
    {
        Add(load, "", trips.AsItIs.Pipe, trips.Blocking.Call, trips.AsItIs.Call);
        Add(load, ", 100 µs between", trips.AsItIs.PausedPipe, trips.Blocking.PausedCall, trips.AsItIs.PausedCall);
        Add(load, ", 1 ms asleep between", trips.AsItIs.RestedPipe, trips.Blocking.RestedCall, trips.AsItIs.RestedCall);
    }

    private void Add(string load, string pause, RoundTripCost pipe, RoundTripCost blocking, RoundTripCost call)
    {
        rows.Add(Row($"{load}: blocking pipe{pause}", pipe));
        rows.Add(Row($"{load}: empty command without polling{pause}", blocking).Beside(pipe.Latency.P50, "the pipe"));
        rows.Add(Row($"{load}: empty command{pause}", call).Beside(blocking.Latency.P50, "without polling", atMost: 1.2));
    }

    private static BenchRow Row(string name, RoundTripCost cost) => BenchRow.Of(name, cost.Latency) with { Cpu = cost.CpuMicroseconds };
}
