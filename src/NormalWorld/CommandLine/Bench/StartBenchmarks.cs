using System.Diagnostics;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.Contracts;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What it costs to start both worlds, make one call and stop them, beside a process that says hello.</summary>
internal sealed class StartBenchmarks(Action<string> starting, List<BenchRow> rows)
{
    private const int Rounds = 15;
    private const double MostHellos = 5, MostPairs = 4;

    /// <summary>One run: until its first line, until its end, and the CPU time of all its processes; milliseconds.</summary>
    private readonly record struct Run(double Answer, double Whole, double Cpu);

    internal void Measure()
    {
        starting("cold start");
        string hello = Path.Combine(AppContext.BaseDirectory, "hello", "RestrictedTee.Hello.dll");
        if (!File.Exists(hello))
        {
            rows.Add(new BenchRow("cold start", 0, "ms", Against: "no hello-world beside rtee to compare with"));
            return;
        }

        // In turn, so that what a busy machine adds falls on all of them.
        List<Run> hellos = [], firstCalls = [], invokes = [];
        string invoke = $"invoke {HelloWorld.UuidText} {HelloWorld.CommandNothing}";
        for (int i = 0; i < Rounds; i++)
        {
            hellos.Add(Start("dotnet", hello));
            firstCalls.Add(Start(Environment.ProcessPath!, InternalCommands.FirstCallName));
            invokes.Add(Start(Program, invoke));
        }

        double time = Median(hellos, run => run.Whole), cpu = Median(hellos, run => run.Cpu);
        rows.Add(new BenchRow("dotnet hello-world, start to end", time, "ms"));
        rows.Add(new BenchRow("dotnet hello-world, CPU", cpu, "ms"));
        rows.Add(new BenchRow("rtee invoke, start to end", Median(invokes, run => run.Whole), "ms").Beside(time, "a hello-world", MostHellos));
        rows.Add(new BenchRow("rtee invoke, CPU of all its processes", Median(invokes, run => run.Cpu), "ms").Beside(cpu, "a hello-world", MostHellos));
        rows.Add(new BenchRow("cold start to the first answered command", Median(firstCalls, run => run.Answer), "ms").Beside(2 * time, "two hello-worlds", MostPairs));
    }

    /// <summary>What a user types: the script above the folder of what it built, where there is one.</summary>
    private static string Program
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && folder.Name != "artifacts")
                folder = folder.Parent;
            string? script = folder?.Parent is { } root ? Path.Combine(root.FullName, "rtee") : null;
            return File.Exists(script) ? script : Environment.ProcessPath!;
        }
    }

    private static Run Start(string program, string arguments)
    {
        TimeSpan before = ChildrenCpu.Total;
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        process.StandardOutput.ReadLine();
        double answer = watch.Elapsed.TotalMilliseconds;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double whole = watch.Elapsed.TotalMilliseconds;
        return process.ExitCode == 0
            ? new Run(answer, whole, (ChildrenCpu.Total - before).TotalMilliseconds)
            : throw new InvalidOperationException($"'{program} {arguments}' failed with exit code {process.ExitCode}.");
    }

    private static double Median(List<Run> runs, Func<Run, double> of)
    {
        double[] values = [.. runs.Select(of)];
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
