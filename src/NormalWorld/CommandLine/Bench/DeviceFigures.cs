using System.Diagnostics;
using RestrictedTee.CommandLine.DropIn;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.CommandLine.Yardsticks;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What the system calls of an unmodified program cost, with the yardstick taken in turn with them.</summary>
/// <param name="Pipe">The yardstick.</param>
/// <param name="Nothing">An empty command.</param>
/// <param name="Session">A session opened and closed.</param>
/// <param name="Temporary">A command with memory that is registered for it.</param>
/// <param name="Shared">A command with a memref into shared memory.</param>
internal sealed record DeviceFigures(Latency Pipe, Latency Nothing, Latency Session, Latency Temporary, Latency Shared)
{
    internal const int TemporarySize = 4 << 10, SharedSize = 1 << 20;

    private const int Rounds = 7, Calls = 3000, Sessions = 300;
    private const int OrdinaryCalls = 1_000_000;

    /// <summary>What is no call of a device costs, below the filter or not.</summary>
    public required OrdinaryFigures Ordinary { get; init; }

    /// <summary>In a process that sees the devices.</summary>
    internal static DeviceFigures Measured()
    {
        using var client = new DeviceClient(TemporarySize, SharedSize);
        using var pipe = PipeYardstick.Start(InternalCommands.PipeEchoName);
        (Action Call, int Count)[] all = [(pipe.RoundTrip, Calls), (client.Nothing, Calls), (client.OpenAndClose, Sessions), (client.Temporary, Sessions), (client.Shared, Calls)];
        Latency[][] rounds = [.. all.Select(_ => new Latency[Rounds])];
        for (int round = 0; round < Rounds; round++)
        {
            TimeSpan warmUp = TimeSpan.FromMilliseconds(round == 0 ? 500 : 50);
            for (int i = 0; i < all.Length; i++)
                rounds[i][round] = Measure.LatencyOf(all[i].Call, all[i].Count, warmUp);
        }

        Latency[] medians = [.. rounds.Select(Latency.MedianOf)];
        return new DeviceFigures(medians[0], medians[1], medians[2], medians[3], medians[4]) { Ordinary = OrdinaryFigures.Measured(Calls, OrdinaryCalls) };
    }

    /// <summary>The same of this process, which no filter holds.</summary>
    internal static OrdinaryFigures Unfiltered() => OrdinaryFigures.Measured(Calls, OrdinaryCalls);
}

/// <summary>System calls that are none of a device.</summary>
/// <param name="Open">An open, which the filter holds.</param>
/// <param name="ReadMilliseconds">A million reads of 4 KiB, which it lets through.</param>
internal sealed record OrdinaryFigures(Latency Open, double ReadMilliseconds)
{
    private const int Rounds = 5;

    internal static OrdinaryFigures Measured(int opens, int reads)
    {
        byte[] buffer = new byte[4096];
        using FileStream zero = new("/dev/zero", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        double[] times = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < reads; i++)
                zero.ReadExactly(buffer);
            times[round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return new OrdinaryFigures(Measure.LatencyOf(() => File.OpenHandle("/dev/null").Dispose(), opens, TimeSpan.FromMilliseconds(200)), times[Rounds / 2]);
    }
}
