using System.Diagnostics;
using System.Text.Json;

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

    private static RoundTrips BesideBusyLoops()
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

    private static RoundTrips Measured()
    {
        using Process process = Start(InternalCommands.RoundTripsName, redirectInput: false);
        string line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonSerializer.Deserialize(line, BenchJson.Default.RoundTrips) ?? throw new IOException("The measuring process wrote nothing.");
    }

    private static Process Start(string command, bool redirectInput) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, command)
    {
        UseShellExecute = false,
        RedirectStandardInput = redirectInput,
        RedirectStandardOutput = true,
    })!;

    private void Add(string load, RoundTrips trips)
    {
        Add(load, "", trips.Pipe, trips.Call);
        Add(load, ", 100 µs between", trips.PausedPipe, trips.PausedCall);
        Add(load, ", 1 ms asleep between", trips.RestedPipe, trips.RestedCall);
    }

    private void Add(string load, string pause, RoundTripCost pipe, RoundTripCost call)
    {
        rows.Add(BenchRow.Of($"{load}: blocking pipe{pause}", pipe.Latency) with { Cpu = pipe.CpuMicroseconds });
        rows.Add((BenchRow.Of($"{load}: empty command{pause}", call.Latency) with { Cpu = call.CpuMicroseconds }).Beside(pipe.Latency.P50, "the pipe"));
    }
}
