using System.Diagnostics;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What many callers at once get, together and each for itself, beside one caller and beside a fair queue.</summary>
internal sealed class CallersBenchmarks(TeeContext tee, Action<string> starting, List<BenchRow> rows)
{
    private const int Few = 8, Many = 64, Rounds = 5;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    internal void Run()
    {
        starting($"{Few} and {Many} clients at once");
        Crowd[] one = new Crowd[Rounds], few = new Crowd[Rounds], many = new Crowd[Rounds], fair = new Crowd[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            one[round] = Measured(1, queue: null);
            few[round] = Measured(Few, queue: null);
            many[round] = Measured(Many, queue: null);
            fair[round] = Measured(Many, new FairQueue());
        }

        double rate = Median(one, c => c.CallsPerSecond);
        Latency inQueue = Latency.MedianOf([.. fair.Select(c => c.Latency)]), atOnce = Latency.MedianOf([.. many.Select(c => c.Latency)]);
        rows.Add(new BenchRow("one client", rate, "calls/s"));
        AddRate($"{Few} clients, total", Median(few, c => c.CallsPerSecond), rate);
        AddRate($"{Many} clients, total", Median(many, c => c.CallsPerSecond), rate);
        rows.Add(BenchRow.Of($"{Many} clients in a fair queue, a call", inQueue));
        double ratio = atOnce.P999 / inQueue.P999;
        rows.Add(BenchRow.Of($"{Many} clients, a call", atOnce) with { Ratio = ratio, Against = "fair queue, p99.9", Target = "≤ 5", Met = ratio <= 5 });
        double share = Median(many, c => c.LeastShare);
        rows.Add(new BenchRow($"{Many} clients, calls of the slowest", share, "of the mean", Target: "≥ 0.5", Met: share >= 0.5));
    }

    private void AddRate(string name, double rate, double ofOne) =>
        rows.Add(new BenchRow(name, rate, "calls/s", rate / ofOne, "one client", "≥ 0.8", rate / ofOne >= 0.8));

    private static double Median(Crowd[] rounds, Func<Crowd, double> of)
    {
        double[] values = [.. rounds.Select(of)];
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private Crowd Measured(int clients, FairQueue? queue)
    {
        using var start = new Barrier(clients + 1);
        bool stop = false;
        var samples = new LatencyHistogram[clients];
        Thread[] threads = [.. Enumerable.Range(0, clients).Select(n => new Thread(() =>
        {
            using TeeSession session = tee.OpenSession(HelloWorld.Uuid);
            Action call = Benchmarks.Empty(session);
            LatencyHistogram mine = samples[n] = new LatencyHistogram();
            for (int i = 0; i < 100; i++)
                call();
            start.SignalAndWait();
            while (!Volatile.Read(ref stop))
            {
                long begin = Stopwatch.GetTimestamp();
                queue?.Enter();
                call();
                queue?.Exit();
                mine.Add(Stopwatch.GetTimestamp() - begin);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        start.SignalAndWait();
        var watch = Stopwatch.StartNew();
        Thread.Sleep(Turn);
        Volatile.Write(ref stop, true);
        Array.ForEach(threads, thread => thread.Join());
        double seconds = watch.Elapsed.TotalSeconds;
        var all = new LatencyHistogram();
        Array.ForEach(samples, all.Add);
        return new Crowd(all.Count / seconds, all.ToLatency(), samples.Min(s => s.Count) / (all.Count / (double)clients));
    }

    /// <param name="CallsPerSecond">Of all together.</param>
    /// <param name="Latency">Of each call, its wait included.</param>
    /// <param name="LeastShare">The calls of whoever made the fewest, beside the mean.</param>
    private readonly record struct Crowd(double CallsPerSecond, Latency Latency, double LeastShare);

    /// <summary>The yardstick of fairness: first come, first served, one call at a time, and to the back of the queue after it.</summary>
    private sealed class FairQueue
    {
        private readonly object _lock = new(); // protects both below
        private readonly Queue<SemaphoreSlim> _waiters = new();
        private bool _taken;
        private readonly ThreadLocal<SemaphoreSlim> _own = new(() => new SemaphoreSlim(0));

        internal void Enter()
        {
            lock (_lock)
            {
                if (!_taken)
                {
                    _taken = true;
                    return;
                }

                _waiters.Enqueue(_own.Value!);
            }

            _own.Value!.Wait();
        }

        internal void Exit()
        {
            lock (_lock)
            {
                if (_waiters.TryDequeue(out SemaphoreSlim? next))
                    next.Release();
                else
                    _taken = false;
            }
        }
    }
}
