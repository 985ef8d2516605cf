using System.Diagnostics;
using RestrictedTee.CommandLine.DropIn;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.CommandLine.Yardsticks;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What the calls of a program in C cost, with the yardstick taken in turn with them.</summary>
/// <param name="FirstCallMilliseconds">From loading the library to the end of the first call.</param>
/// <param name="Pipe">The yardstick.</param>
/// <param name="Nothing">An empty command.</param>
/// <param name="Session">A session opened and closed.</param>
/// <param name="Temporary">A command with a temporary memref.</param>
/// <param name="Shared">A command with a memref into shared memory.</param>
internal sealed record DropInFigures(double FirstCallMilliseconds, Latency Pipe, Latency Nothing, Latency Session, Latency Temporary, Latency Shared)
{
    internal const int TemporarySize = 4 << 10, SharedSize = 1 << 20;

    private const int Rounds = 9, Calls = 5000, Sessions = 500;

    /// <summary>In a process of its own, whose environment names the TEE.</summary>
    internal static DropInFigures Measured(string library)
    {
        long begin = Stopwatch.GetTimestamp();
        using var client = new DropInClient(library, TemporarySize, SharedSize);
        double first = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        using var pipe = PipeYardstick.Start(InternalCommands.PipeEchoName);
        (Action Call, int Count)[] all = [(pipe.RoundTrip, Calls), (client.Nothing, Calls), (client.OpenAndClose, Sessions), (client.Temporary, Calls), (client.Shared, Calls)];
        Latency[][] rounds = [.. all.Select(_ => new Latency[Rounds])];
        for (int round = 0; round < Rounds; round++)
        {
            TimeSpan warmUp = TimeSpan.FromMilliseconds(round == 0 ? 500 : 50);
            for (int i = 0; i < all.Length; i++)
                rounds[i][round] = Measure.LatencyOf(all[i].Call, all[i].Count, warmUp);
        }

        Latency[] medians = [.. rounds.Select(Latency.MedianOf)];
        return new DropInFigures(first, medians[0], medians[1], medians[2], medians[3], medians[4]);
    }
}
