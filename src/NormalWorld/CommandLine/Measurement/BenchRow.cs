namespace RestrictedTee.CommandLine.Measurement;

/// <summary>One figure, with its tail and its price where it has them.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure; the median where it is a time.</param>
/// <param name="Unit">Its unit, and that of the tail.</param>
/// <param name="Ratio">Beside what it is to be compared with, from the same run.</param>
/// <param name="Against">What that is.</param>
/// <param name="Target">The bound for the ratio (or the value), in words; empty when there is none.</param>
/// <param name="Met">Whether it is kept; null when there is none.</param>
internal sealed record BenchRow(string Name, double Value, string Unit, double? Ratio = null, string Against = "", string Target = "", bool? Met = null)
{
    /// <summary>The 99th percentile.</summary>
    public double? P99 { get; init; }

    /// <summary>The 99.9th percentile.</summary>
    public double? P999 { get; init; }

    /// <summary>CPU time that both ends spent on one, microseconds.</summary>
    public double? Cpu { get; init; }

    /// <summary>A time with its tail.</summary>
    internal static BenchRow Of(string name, Latency latency) => new(name, latency.P50, "µs") { P99 = latency.P99, P999 = latency.P999 };

    /// <summary>The same beside a yardstick, median to median.</summary>
    internal BenchRow Beside(double yardstick, string name, double? atMost = null)
    {
        double ratio = Value / yardstick;
        return this with { Ratio = ratio, Against = name, Target = atMost is { } bound ? $"≤ {bound:0.##}" : "", Met = atMost is null ? null : ratio <= atMost };
    }
}
