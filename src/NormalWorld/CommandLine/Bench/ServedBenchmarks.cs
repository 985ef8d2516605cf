using System.Diagnostics;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What a client of <c>rtee up</c> pays beside one that has the TEE in its own process.</summary>
/// <param name="embedded">A context of this process's own TEE.</param>
/// <param name="starting">Is told what is measured.</param>
/// <param name="rows">Where the figures go.</param>
internal sealed class ServedBenchmarks(TeeContext embedded, Action<string> starting, List<BenchRow> rows)
{
    private const int MiB = 1 << 20;
    private const int LargeSize = 4 * MiB;
    private const int Rounds = 7;

    /// <summary>Warm-up of what is measured again and again.</summary>
    private static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(100);

    internal void Run()
    {
        starting("a TEE that serves others");
        using var served = new ServedTee();
        EmptyCommand(served.Client);
        LargeMemory(served.Client);
        Allocations(served.Client);
    }

    private void EmptyCommand(TeeContext served)
    {
        const int Calls = 20_000;
        starting("empty command over the socket");
        using TeeSession here = embedded.OpenSession(HelloWorld.Uuid), there = served.OpenSession(HelloWorld.Uuid);
        Action overConduit = Benchmarks.Empty(here), overSocket = Benchmarks.Empty(there);
        Measure.LatencyOf(overConduit, count: 1);
        Measure.LatencyOf(overSocket, count: 1);
        (Latency direct, Latency remote) = Measure.LatenciesInTurn(Rounds, overConduit, overSocket, Calls, Briefly);
        rows.Add(BenchRow.Of("empty command embedded, in turn with the socket", direct));
        rows.Add(BenchRow.Of("empty command over the socket of up", remote).Beside(direct.P50, "embedded", atMost: 2.5));
        double allocated = Measure.AllocationOf(overSocket, 10_000);
        rows.Add(new BenchRow("empty command over the socket of up, allocated by the caller", allocated, "B", Target: "0", Met: allocated == 0));
    }

    private void LargeMemory(TeeContext served)
    {
        using TeeSession session = served.OpenSession(OsTest.Uuid);
        byte[] from = GC.AllocateUninitializedArray<byte>(LargeSize, pinned: true), to = GC.AllocateUninitializedArray<byte>(LargeSize, pinned: true);
        void Copy() => from.AsSpan().CopyTo(to);

        var input = new Operation(Parameter.TempInput(from), Parameter.Null(Direction.Input));
        AddLarge("4 MiB of temporary memory into the TEE, over the socket", Copy, () => Check(session.TryInvoke(OsTest.CommandParamsAccess, input, out _)));

        int half = LargeSize / 2;
        var both = new Operation(
            Parameter.TempInput(from.AsMemory(0, half)), Parameter.TempInput(from.AsMemory(half)),
            Parameter.TempOutput(to.AsMemory(0, half)), Parameter.TempOutput(to.AsMemory(half)));
        AddLarge(
            "4 MiB of temporary memory into the TEE and 4 MiB out, over the socket",
            () =>
            {
                Copy();
                Copy();
            },
            () => Check(session.TryInvoke(OsTest.CommandParams, both, out _)));

        AddLarge("4 MiB of shared memory allocated, filled, used and freed, over the socket", Copy, () =>
        {
            using SharedMemory memory = served.AllocateSharedMemory(LargeSize);
            from.AsSpan().CopyTo(memory.Span);
            Check(session.TryInvoke(OsTest.CommandParamsAccess, new Operation(Parameter.Partial(memory, Direction.Input, 0, LargeSize), Parameter.Null(Direction.Input)), out _));
        });
    }

    private void AddLarge(string name, Action copy, Action use)
    {
        const int Calls = 50;
        starting(name);
        (Latency plain, Latency served) = Measure.LatenciesInTurn(Rounds, copy, use, Calls, Briefly);
        rows.Add(BenchRow.Of(name, served).Beside(plain.P50, "memcpy", atMost: 3));
    }

    private void Allocations(TeeContext served)
    {
        const int Few = 200, Many = 2000;
        starting("allocations of shared memory over the socket");
        TimeOf(served, Few);
        (double few, double many) = Measure.MediansInTurn(rounds: 5, () => (TimeOf(served, Few), TimeOf(served, Many)));
        rows.Add(new BenchRow($"{Few} pieces of shared memory allocated and freed over the socket, each", few, "µs"));
        rows.Add(new BenchRow($"{Many} pieces of shared memory allocated and freed over the socket, each", many, "µs", many / few, $"each of {Few}", "≤ 1.5", many / few <= 1.5));
    }

    /// <summary>Microseconds for each of so many pieces that are there at once.</summary>
    private static double TimeOf(TeeContext tee, int pieces)
    {
        var memory = new SharedMemory[pieces];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < pieces; i++)
            memory[i] = tee.AllocateSharedMemory(4096);
        Array.ForEach(memory, piece => piece.Dispose());
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / pieces;
    }

    private static void Check(TeecResult result)
    {
        if (result != TeecResult.Success)
            throw new InvalidOperationException($"A benchmark call failed with {result}.");
    }
}
