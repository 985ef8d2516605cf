using System.Diagnostics;

namespace RestrictedTee.CommandLine.Measurement;

/// <summary>Latency of something that is done many times.</summary>
/// <param name="P50">Median, microseconds.</param>
/// <param name="P99">99th percentile, microseconds.</param>
/// <param name="P999">99.9th percentile, microseconds.</param>
internal readonly record struct Latency(double P50, double P99, double P999)
{
    /// <summary>The medians, over several rounds, of each figure.</summary>
    internal static Latency MedianOf(Latency[] rounds)
    {
        double Median(Func<Latency, double> of)
        {
            double[] values = [.. rounds.Select(of)];
            Array.Sort(values);
            return values[values.Length / 2];
        }

        return new Latency(Median(l => l.P50), Median(l => l.P99), Median(l => l.P999));
    }

    /// <summary>The distribution of samples in microseconds, which it sorts.</summary>
    internal static Latency Of(Span<double> samples)
    {
        samples.Sort();
        return new Latency(samples[samples.Length / 2], samples[(int)(samples.Length * 0.99)], samples[(int)(samples.Length * 0.999)]);
    }
}

/// <summary>How things are measured: warm up until the compiler has done its best, then count.</summary>
internal static class Measure
{
    /// <summary>Long enough for tiered compilation to have replaced what is hot (it waits 100 ms after the last new method).</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(1500);

    internal static Latency LatencyOf(Action action, int count, TimeSpan? warmUp = null)
    {
        Repeat(action, warmUp ?? WarmUp);
        double[] samples = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            samples[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return Latency.Of(samples);
    }

    /// <summary>Calls a second.</summary>
    internal static double RateOf(Action action, TimeSpan duration, TimeSpan? warmUp = null)
    {
        Repeat(action, warmUp ?? WarmUp);
        var watch = Stopwatch.StartNew();
        return Repeat(action, duration) / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Bytes that the calling thread allocates in one call, on average.</summary>
    internal static double AllocationOf(Action action, int count)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < count; i++)
            action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;
    }

    /// <summary>The latencies of two actions that are taken in turn, each the median of its rounds.</summary>
    internal static (Latency First, Latency Second) LatenciesInTurn(int rounds, Action first, Action second, int count, TimeSpan warmUp)
    {
        Latency[] firsts = new Latency[rounds], seconds = new Latency[rounds];
        for (int round = 0; round < rounds; round++)
            (firsts[round], seconds[round]) = (LatencyOf(first, count, warmUp), LatencyOf(second, count, warmUp));
        return (Latency.MedianOf(firsts), Latency.MedianOf(seconds));
    }

    /// <summary>
    /// The medians of two figures that are taken in turn, so that a neighbour who comes or goes on the machine falls on both.
    /// </summary>
    internal static (double First, double Second) MediansInTurn(int rounds, Func<(double First, double Second)> both)
    {
        double[] firsts = new double[rounds], seconds = new double[rounds];
        for (int round = 0; round < rounds; round++)
            (firsts[round], seconds[round]) = both();
        Array.Sort(firsts);
        Array.Sort(seconds);
        return (firsts[rounds / 2], seconds[rounds / 2]);
    }

    private static long Repeat(Action action, TimeSpan duration)
    {
        const int BetweenLooks = 16;
        long count = 0;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < duration; count += BetweenLooks)
        {
            for (int i = 0; i < BetweenLooks; i++)
                action();
        }

        return count;
    }
}
