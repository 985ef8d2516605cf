using System.Diagnostics;

namespace RestrictedTee.CommandLine.Measurement;

/// <summary>A distribution of times in little memory, for as many samples as there are: buckets that are 2 % wide.</summary>
internal sealed class LatencyHistogram
{
    private const int BucketsPerOctave = 32;

    private readonly long[] _buckets = new long[64 * BucketsPerOctave];

    /// <summary>How many samples it has.</summary>
    internal long Count { get; private set; }

    internal void Add(long ticks)
    {
        _buckets[(int)(Math.Log2(Math.Max(ticks, 1)) * BucketsPerOctave)]++;
        Count++;
    }

    internal void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _buckets.Length; i++)
            _buckets[i] += other._buckets[i];
        Count += other.Count;
    }

    internal Latency ToLatency() => new(Percentile(0.5), Percentile(0.99), Percentile(0.999));

    private double Percentile(double part)
    {
        long below = 0;
        int bucket = 0;
        while (bucket < _buckets.Length - 1 && (below += _buckets[bucket]) <= Count * part)
            bucket++;
        return Math.Pow(2, (bucket + 0.5) / BucketsPerOctave) / Stopwatch.Frequency * 1e6;
    }
}
