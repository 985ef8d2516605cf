using System.CommandLine;
using System.Text.Json;
using RestrictedTee.CommandLine.Bench;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.CommandLine.DropIn;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using Spectre.Console;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee bench</c>: what it costs.</summary>
internal static class BenchCommand
{
    internal static Command Create()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file", HelpName = "FILE" };
        var parts = new Argument<string[]>("part") { Description = "What to measure; all of it when none is named", DefaultValueFactory = _ => [.. Benchmarks.Parts] };
        parts.AcceptOnlyFromAmong([.. Benchmarks.Parts]);
        var strict = new Option<bool>("--strict") { Description = "Exit with 1 when a target is missed" };
        var command = new Command("bench", "Measure calls, sessions, buffers, throughput, start and footprint, each beside a yardstick of the same run.") { parts, json, strict };
        var tee = new TeeOptions(command, canConnect: false);
        command.SetAction(result =>
        {
            FileInfo file = result.GetValue(json) ?? new FileInfo(Path.Combine(Directory.GetCurrentDirectory(), "artifacts", "bench.json"));
            if (WhyNotWritable(file) is { } reason)
            {
                System.Console.Error.WriteLine($"rtee: the figures cannot be written to '{file.FullName}' (--json): {reason}");
                return ExitCodes.Usage;
            }

            using TeeEnvironment environment = TeeEnvironment.Launch(tee.ToLaunchOptions(result));
            using TeeContext context = environment.OpenContext();
            using var status = new StatusLine();
            IReadOnlyList<BenchRow> rows = new Benchmarks(environment, context, LibTeecFolder.TryFind(), what => status.Show($"measuring: {what}")).Run(result.GetValue(parts)!);
            status.Clear();
            Print(rows);
            var report = new BenchReport(DateTimeOffset.UtcNow, Environment.ProcessorCount, environment.MemoryProtection, rows);
            File.WriteAllText(file.FullName, JsonSerializer.Serialize(report, BenchJson.Default.BenchReport));
            System.Console.WriteLine($"{Environment.ProcessorCount} cores, memory kept by {environment.MemoryProtection}; figures in {file.FullName}");
            int missed = rows.Count(row => row.Met == false);
            System.Console.WriteLine(missed == 0 ? "all targets are met" : $"{missed} target(s) missed");
            return missed > 0 && result.GetValue(strict) ? ExitCodes.Failed : ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Tried before anything is measured, which takes minutes.</summary>
    private static string? WhyNotWritable(FileInfo file)
    {
        try
        {
            file.Directory!.Create();
            using FileStream opened = file.Open(FileMode.OpenOrCreate, FileAccess.Write);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static void Print(IReadOnlyList<BenchRow> rows)
    {
        Table table = Tables.Create()
            .AddColumn("measured").AddColumn("value", c => c.RightAligned()).AddColumn("unit")
            .AddColumn("p99", c => c.RightAligned()).AddColumn("p99.9", c => c.RightAligned()).AddColumn("CPU", c => c.RightAligned())
            .AddColumn("ratio", c => c.RightAligned()).AddColumn("to").AddColumn("target").AddColumn("");
        foreach (BenchRow row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Name),
                Words(row.Value),
                row.Unit,
                Words(row.P99),
                Words(row.P999),
                Words(row.Cpu),
                row.Ratio?.ToString("0.00") ?? "",
                row.Against,
                row.Target,
                row.Met switch
                {
                    true => "met",
                    false => "MISSED",
                    _ => "",
                });
        }

        Tables.Print(table);
    }

    private static string Words(double? value) => value switch
    {
        null => "",
        >= 1000 => value.Value.ToString("N0"),
        _ => value.Value.ToString("0.##"),
    };
}
