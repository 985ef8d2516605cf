using System.Security.Cryptography;
using RestrictedTee.CommandLine.Bench.Crypto;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.CommandLine.Yardsticks;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>The figures of <c>rtee bench</c>, each beside the yardstick of its own run.</summary>
internal sealed class Benchmarks(TeeEnvironment environment, TeeContext tee, string? libteec, Action<string> starting)
{
    private const int Samples = 50_000;
    private static readonly int[] Sizes = [4 << 10, 64 << 10, 1 << 20];

    private readonly List<BenchRow> _rows = [];

    /// <summary>The parts of a run, in their order.</summary>
    internal static IReadOnlyList<string> Parts { get; } = ["calls", "callers", "loads", "socket", "clients", "sessions", "buffers", "devices", "content", "crypto", "sharing", "start", "footprint"];

    /// <summary>Measures the named parts.</summary>
    internal IReadOnlyList<BenchRow> Run(IReadOnlyCollection<string> parts)
    {
        foreach (string part in Parts.Where(parts.Contains))
            Run(part);
        return _rows;
    }

    private void Run(string part)
    {
        switch (part)
        {
            case "calls":
                EmptyCommand(Yardstick());
                break;
            case "callers":
                new CallersBenchmarks(tee, starting, _rows).Run();
                break;
            case "loads":
                new LoadedBenchmarks(starting, _rows).Run();
                break;
            case "socket":
                new ServedBenchmarks(tee, starting, _rows).Run();
                break;
            case "clients":
                new ClientBenchmarks(libteec, starting, _rows).Run();
                break;
            case "sessions":
                Sessions();
                break;
            case "buffers":
                RestrictedBuffers();
                new PoolBenchmarks(tee, starting, _rows).Run();
                break;
            case "devices":
                new DeviceBenchmarks(environment, tee, starting, _rows).Run();
                break;
            case "content":
                InjectAndDump();
                new ContentBenchmarks(tee, starting, _rows).Run();
                break;
            case "crypto":
                new CryptoBenchmarks(tee, starting, _rows).Run();
                break;
            case "sharing":
                new SharingBenchmarks(starting, _rows).Run();
                break;
            case "start":
                new StartBenchmarks(starting, _rows).Measure();
                break;
            case "footprint":
                new FootprintBenchmarks(environment, starting, _rows).Run();
                break;
        }
    }

    private Latency Yardstick()
    {
        starting("yardstick: blocking pipe round trip");
        using var pipe = PipeYardstick.Start(InternalCommands.PipeEchoName);
        Latency latency = Measure.LatencyOf(pipe.RoundTrip, Samples / 5);
        _rows.Add(BenchRow.Of("blocking 64-byte pipe round trip", latency) with { Against = "the yardstick" });
        return latency;
    }

    private void EmptyCommand(Latency yardstick)
    {
        starting("empty command");
        using TeeSession session = tee.OpenSession(HelloWorld.Uuid);
        Latency latency = Measure.LatencyOf(Empty(session), Samples * 4);
        _rows.Add(BenchRow.Of("empty command", latency).Beside(yardstick.P50, "the pipe", atMost: 0.25));
        Add("empty command, p99 beside the pipe's median", latency.P99, "µs", latency.P99 / yardstick.P50, "the pipe", "≤ 2", r => r <= 2);
        double allocated = Measure.AllocationOf(Empty(session), 10_000);
        _rows.Add(new BenchRow("empty command, allocated by the caller", allocated, "B", Target: "0", Met: allocated == 0));
        double secure = SecureAllocation(session);
        _rows.Add(new BenchRow("empty command, garbage collections in the secure world", secure, "of 200,000 calls", Target: "0", Met: secure == 0));
    }

    /// <summary>Collections in the secure world cannot be asked for without a call of their own, so a TA counts them.</summary>
    private static double SecureAllocation(TeeSession session)
    {
        const int Calls = 200_000;
        uint Collections()
        {
            var operation = new Operation(Parameter.ValueOutput());
            session.Invoke(HelloWorld.CommandCollections, operation);
            return operation[0].A;
        }

        uint before = Collections();
        for (int i = 0; i < Calls; i++)
            session.TryInvoke(HelloWorld.CommandNothing, null, out _);
        return Collections() - before;
    }

    private void Sessions()
    {
        starting("sessions");
        Latency latency = Measure.LatencyOf(() => tee.OpenSession(HelloWorld.Uuid).Dispose(), Samples / 10);
        _rows.Add(BenchRow.Of("open and close a session", latency));
    }

    private void RestrictedBuffers()
    {
        starting("restricted buffers");
        foreach (int size in Sizes)
        {
            Latency latency = Measure.LatencyOf(
                () => tee.AllocateRestricted(UseCase.SecureVideoPlay, size).Dispose(), Samples / 25, TimeSpan.FromMilliseconds(300));
            _rows.Add(BenchRow.Of($"allocate and free a restricted buffer of {Name(size)}", latency));
        }
    }

    private void InjectAndDump()
    {
        using TeeSession sdp = tee.OpenSession(SdpBasic.Uuid);
        foreach (int size in Sizes)
        {
            starting($"inject and dump, {Name(size)}");
            using DmaBufHandle buffer = tee.AllocateRestricted(UseCase.SecureVideoPlay, size);
            using SharedMemory restricted = tee.RegisterSharedMemory(buffer);
            using SharedMemory normal = tee.AllocateSharedMemory(size);
            RandomNumberGenerator.Fill(normal.Span);
            var inject = new Operation(Parameter.Partial(normal, Direction.Input, 0, size), Parameter.Partial(restricted, Direction.Output, 0, size));
            var dump = new Operation(Parameter.Partial(restricted, Direction.Input, 0, size), Parameter.Partial(normal, Direction.Output, 0, size));
            byte[] from = GC.AllocateUninitializedArray<byte>(size, pinned: true), to = GC.AllocateUninitializedArray<byte>(size, pinned: true);
            RandomNumberGenerator.Fill(from);

            // Interleaved, so that a busy neighbour on the machine slows both alike.
            double memcpy = 0, injected = 0, dumped = 0;
            const int Rounds = 5;
            for (int round = 0; round < Rounds; round++)
            {
                TimeSpan warmUp = TimeSpan.FromMilliseconds(round == 0 ? 500 : 50);
                memcpy += Throughput(() => from.AsSpan().CopyTo(to), size, warmUp) / Rounds;
                injected += Throughput(() => Check(sdp.TryInvoke(SdpBasic.CommandInject, inject, out _)), size, warmUp) / Rounds;
                dumped += Throughput(() => Check(sdp.TryInvoke(SdpBasic.CommandDump, dump, out _)), size, warmUp) / Rounds;
            }

            _rows.Add(new BenchRow($"memcpy of {Name(size)}", memcpy, "MiB/s"));
            if (size == Sizes[^1])
                Add($"inject {Name(size)}", injected, "MiB/s", injected / memcpy, "memcpy", "≥ 0.7", r => r >= 0.7);
            else
                _rows.Add(new BenchRow($"inject {Name(size)}", injected, "MiB/s", injected / memcpy, "memcpy"));
            _rows.Add(new BenchRow($"dump {Name(size)}", dumped, "MiB/s", dumped / memcpy, "memcpy"));
        }
    }

    /// <summary>A command that does nothing.</summary>
    internal static Action Empty(TeeSession session) => () => session.TryInvoke(HelloWorld.CommandNothing, null, out _);

    private static double Throughput(Action action, int size, TimeSpan warmUp) =>
        Measure.RateOf(action, TimeSpan.FromMilliseconds(200), warmUp) * size / (1 << 20);

    private static void Check(TeecResult result)
    {
        if (result != TeecResult.Success)
            throw new InvalidOperationException($"A benchmark call failed with {result}.");
    }

    private void Add(string name, double value, string unit, double ratio, string against, string target, Func<double, bool> met) =>
        _rows.Add(new BenchRow(name, value, unit, ratio, against, target, met(ratio)));

    private static string Name(int size) => size >= 1 << 20 ? $"{size >> 20} MiB" : $"{size >> 10} KiB";
}
