using System.Diagnostics;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.CommandLine.Yardsticks;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What one kind of round trip cost.</summary>
/// <param name="Latency">Its time.</param>
/// <param name="CpuMicroseconds">CPU time that both its ends spent on one, on average.</param>
internal readonly record struct RoundTripCost(Latency Latency, double CpuMicroseconds);

/// <summary>Round trips of a plain pipe and of an empty command, taken in turn under one load.</summary>
/// <param name="Pipe">The yardstick: 64 bytes there and back, with blocking reads.</param>
/// <param name="Call">An empty command, called again at once.</param>
/// <param name="PausedCall">An empty command whose caller computes for 100 µs between calls.</param>
/// <param name="PausedPipe">The same with the yardstick.</param>
/// <param name="RestedCall">An empty command whose caller has slept for a millisecond, so that nobody polls.</param>
/// <param name="RestedPipe">The same with the yardstick.</param>
internal sealed record RoundTrips(
    RoundTripCost Pipe, RoundTripCost Call, RoundTripCost PausedPipe, RoundTripCost PausedCall, RoundTripCost RestedPipe, RoundTripCost RestedCall)
{
    private const int Rounds = 9;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);

    /// <summary>Starts both worlds and the other end of a pipe, and measures.</summary>
    internal static RoundTrips Measured()
    {
        using TeeEnvironment environment = TeeEnvironment.Launch();
        using TeeContext tee = environment.OpenContext();
        using TeeSession session = tee.OpenSession(HelloWorld.Uuid);
        using var pipe = PipeYardstick.Start(InternalCommands.PipeEchoName);
        Action call = Benchmarks.Empty(session), roundTrip = pipe.RoundTrip;
        Series[] all =
        [
            new(roundTrip, pipe.Pid, static () => { }), new(call, environment.SecureWorldPid, static () => { }),
            new(roundTrip, pipe.Pid, Compute), new(call, environment.SecureWorldPid, Compute),
            new(roundTrip, pipe.Pid, Sleep), new(call, environment.SecureWorldPid, Sleep),
        ];
        foreach (Series series in all)
            series.Run(TimeSpan.FromMilliseconds(1000), keep: false);
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Series series in all)
                series.Run(Turn, keep: true);
        }

        RoundTripCost[] costs = [.. all.Select(series => series.Cost())];
        return new RoundTrips(costs[0], costs[1], costs[2], costs[3], costs[4], costs[5]);
    }

    private static void Compute()
    {
        long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10_000);
        while (Stopwatch.GetTimestamp() < until)
        {
        }
    }

    private static void Sleep() => Thread.Sleep(1);

    private sealed class Series(Action action, int otherEnd, Action pause)
    {
        private readonly List<double> _samples = new(1_000_000);
        private double _cpu;
        private long _count;

        internal void Run(TimeSpan duration, bool keep)
        {
            double cpu = Cpu(), paused = 0;
            long begin = Stopwatch.GetTimestamp(), count = 0;
            while (Stopwatch.GetElapsedTime(begin) < duration)
            {
                long start = Stopwatch.GetTimestamp();
                action();
                long end = Stopwatch.GetTimestamp();
                if (keep)
                    _samples.Add(Stopwatch.GetElapsedTime(start, end).TotalMicroseconds);
                count++;
                pause();
                paused += Stopwatch.GetElapsedTime(end).TotalSeconds;
            }

            if (!keep)
                return;
            _count += count;
            _cpu += Cpu() - cpu - (pause == Compute ? paused : 0);
        }

        internal RoundTripCost Cost() => new(Latency.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_samples)), _cpu / _count * 1e6);

        private double Cpu() => ProcStat.CpuSeconds(otherEnd) + ProcStat.CpuSeconds(Environment.ProcessId);
    }
}
