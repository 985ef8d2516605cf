using System.Diagnostics;
using System.Text.Json;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.NormalWorld.Launch;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What programs in other languages pay.</summary>
/// <param name="libteec">The folder of the drop-in library; null where it is not built.</param>
/// <param name="starting">Is told what is measured.</param>
/// <param name="rows">Where the figures go.</param>
internal sealed class ClientBenchmarks(string? libteec, Action<string> starting, List<BenchRow> rows)
{
    internal void Run()
    {
        Devices();
        DropInLibrary();
    }

    private void Devices()
    {
        starting("calls by the devices, below rtee run");
        OrdinaryFigures unfiltered = DeviceFigures.Unfiltered();
        if (MeasuredBelowRun() is not { } figures)
        {
            rows.Add(new BenchRow("calls below rtee run: SKIPPED, this runs below a filter already, or the kernel takes none", 0, ""));
            return;
        }

        const string Yardstick = "the pipe", Alone = "without the filter";
        double pipe = figures.Pipe.P50;
        rows.Add(BenchRow.Of("blocking 64-byte pipe round trip, in turn with calls below rtee run", figures.Pipe) with { Against = "the yardstick" });
        rows.Add(BenchRow.Of("empty command by /dev/tee0 below rtee run", figures.Nothing).Beside(pipe, Yardstick, atMost: 2.5));
        rows.Add(BenchRow.Of("open and close a session below rtee run", figures.Session).Beside(pipe, Yardstick));
        rows.Add(BenchRow.Of($"{DeviceFigures.TemporarySize >> 10} KiB registered for a command below rtee run", figures.Temporary).Beside(pipe, Yardstick));
        rows.Add(BenchRow.Of($"{DeviceFigures.SharedSize >> 20} MiB shared memref below rtee run", figures.Shared).Beside(pipe, Yardstick));
        rows.Add(BenchRow.Of("open of another file below rtee run", figures.Ordinary.Open).Beside(unfiltered.Open.P50, Alone));
        rows.Add(new BenchRow("a million reads of 4 KiB below rtee run", figures.Ordinary.ReadMilliseconds, "ms").Beside(unfiltered.ReadMilliseconds, Alone, atMost: 1.01));
    }

    /// <summary>Null when the kernel lets nobody be filtered.</summary>
    private static DeviceFigures? MeasuredBelowRun()
    {
        string file = Path.GetTempFileName();
        try
        {
            using TeeEnvironment environment = TeeEnvironment.Launch(LaunchOptions.Load(Directory.GetCurrentDirectory()));
            int status = environment.RunClient([Environment.ProcessPath!, InternalCommands.DeviceName, file]);
            return status == 0 ? JsonSerializer.Deserialize(File.ReadAllText(file), BenchJson.Default.DeviceFigures) : throw new InvalidOperationException($"The client ended with status {status}.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private void DropInLibrary()
    {
        if (libteec is null)
        {
            rows.Add(new BenchRow("calls by libteec.so.2: SKIPPED, it is not built ('./rtee libteec')", 0, ""));
            return;
        }

        starting("calls by libteec.so.2");
        string library = Path.Combine(libteec, "lib", "libteec.so.2");
        using var served = new ServedTee();
        DropInFigures figures = MeasuredElsewhere(library, served.Name);
        const string Yardstick = "the pipe";
        double pipe = figures.Pipe.P50;
        rows.Add(BenchRow.Of("blocking 64-byte pipe round trip, in turn with libteec.so.2", figures.Pipe) with { Against = "the yardstick" });
        rows.Add(BenchRow.Of("empty command by libteec.so.2", figures.Nothing).Beside(pipe, Yardstick, atMost: 1.5));
        rows.Add(BenchRow.Of("open and close a session by libteec.so.2", figures.Session).Beside(pipe, Yardstick));
        rows.Add(BenchRow.Of($"{DropInFigures.TemporarySize >> 10} KiB temporary memref by libteec.so.2", figures.Temporary).Beside(pipe, Yardstick));
        rows.Add(BenchRow.Of($"{DropInFigures.SharedSize >> 20} MiB shared memref by libteec.so.2", figures.Shared).Beside(pipe, Yardstick));
        rows.Add(new BenchRow("libteec.so.2 loaded, connected, a session opened and called", figures.FirstCallMilliseconds, "ms"));
        rows.Add(new BenchRow("libteec.so.2", ((FileInfo)new FileInfo(library).ResolveLinkTarget(returnFinalTarget: true)!).Length / 1024.0, "KiB"));
    }

    /// <summary>The library hears of its TEE by the environment of its process, which is that of its start.</summary>
    private static DropInFigures MeasuredElsewhere(string library, string name)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add(InternalCommands.DropInName);
        start.ArgumentList.Add(library);
        start.Environment[LaunchOptions.ConnectVariable] = name;
        using Process client = Process.Start(start)!;
        string line = client.StandardOutput.ReadToEnd();
        client.WaitForExit();
        return JsonSerializer.Deserialize(line, BenchJson.Default.DropInFigures)!;
    }
}
