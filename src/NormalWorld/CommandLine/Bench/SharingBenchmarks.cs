using System.Diagnostics;
using System.Globalization;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What FF-A costs beside SMC, and what sharing and lending memory cost, over its size.</summary>
internal sealed class SharingBenchmarks(Action<string> starting, List<BenchRow> rows)
{
    private const int MiB = 1 << 20;
    private const int Shares = 401;
    private const int Rounds = 7;

    /// <summary>Warm-up of what is measured again and again.</summary>
    private static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(100);

    /// <summary>Sizes of which the table has the curve.</summary>
    private static readonly int[] Sizes = [1, 4, 16, 64];

    /// <summary>A pool for each size that a pool can have here: three use cases, three sizes.</summary>
    private static readonly (string UseCase, int MiB)[] Pools = [("secure-video-record", 1), ("trusted-ui", 8), ("secure-video", 64)];

    internal void Run()
    {
        string board = Path.Combine(Path.GetTempPath(), $"rtee-bench-{Environment.ProcessId}.json");
        File.WriteAllText(board, Board);
        try
        {
            using TeeEnvironment smc = TeeEnvironment.Launch(new LaunchOptions { Board = board });
            using TeeEnvironment ffa = TeeEnvironment.Launch(new LaunchOptions { Board = board, Conduit = "ffa" });
            EmptyCommand(smc, ffa);
            Share(ffa.OpenFfa());
            using TeeContext overFfa = ffa.OpenContext(), overSmc = smc.OpenContext();
            LendAndReclaim("FF-A", overFfa);
            LendAndReclaim("SMC", overSmc);
        }
        finally
        {
            File.Delete(board);
        }
    }

    private static string Board => string.Create(CultureInfo.InvariantCulture, $$"""
        {
          "version": 1,
          "normalRam": { "base": "0x40000000", "size": "256MiB" },
          "reservedShm": { "base": "0x40000000", "size": "2MiB" },
          "secureRam": { "base": "0x0e100000", "size": "512KiB" },
          "partitions": [ "echo-1" ],
          "partitionRam": { "base": "0x0e200000", "size": "64KiB" },
          "pools": [ {{string.Join(", ", Pools.Select(pool => $$"""{ "useCase": "{{pool.UseCase}}", "kind": "dynamic", "size": "{{pool.MiB}}MiB" }"""))}} ]
        }
        """);

    private void EmptyCommand(TeeEnvironment smc, TeeEnvironment ffa)
    {
        const int Calls = 20_000;
        starting("empty command over SMC and over FF-A");
        using TeeContext smcTee = smc.OpenContext(), ffaTee = ffa.OpenContext();
        using TeeSession smcSession = smcTee.OpenSession(HelloWorld.Uuid), ffaSession = ffaTee.OpenSession(HelloWorld.Uuid);
        Action overSmc = Benchmarks.Empty(smcSession), overFfa = Benchmarks.Empty(ffaSession);
        Measure.LatencyOf(overSmc, count: 1);
        Measure.LatencyOf(overFfa, count: 1);
        (Latency smcCall, Latency ffaCall) = Measure.LatenciesInTurn(Rounds, overSmc, overFfa, Calls, Briefly);
        rows.Add(BenchRow.Of("empty command over SMC, in turn with FF-A", smcCall));
        rows.Add(BenchRow.Of("empty command over FF-A", ffaCall).Beside(smcCall.P50, "over SMC", atMost: 1.25));
    }

    private void Share(FfaUserDevice ffa)
    {
        FfaReceiver[] receivers = [new FfaReceiver(ffa.GetPartitionId(EchoPartitions.Uuid1), FfaAccess.ReadWrite)];
        foreach (bool inPieces in new[] { false, true })
        {
            var times = new List<double>();
            foreach (int size in Sizes)
            {
                starting($"share and reclaim, {size} MiB");
                using FfaMemory memory = ffa.Allocate(size * MiB / PhysicalAddress.PageSize);
                PhysicalRange[] ranges = inPieces ? Pieces(memory.Range) : [memory.Range];
                Latency latency = Measure.LatencyOf(() => ffa.Reclaim(ffa.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, receivers, ranges)), Shares, Briefly);
                times.Add(latency.P50);
                rows.Add(BenchRow.Of($"share and reclaim {size} MiB{(inPieces ? " in 4 KiB pieces" : "")}", latency));
            }

            AddGrowth(inPieces ? "share and reclaim in 4 KiB pieces" : "share and reclaim", times[^1] / times[0], Sizes[^1] / Sizes[0]);
        }
    }

    private void LendAndReclaim(string abi, TeeContext tee)
    {
        var first = new List<double>();
        var last = new List<double>();
        foreach ((string useCase, int size) in Pools)
        {
            starting($"dynamic pool of {size} MiB over {abi}");
            (Latency allocation, Latency free) = AllocationAndFree(tee, useCase);
            first.Add(allocation.P50);
            last.Add(free.P50);
            rows.Add(BenchRow.Of($"dynamic pool of {size} MiB over {abi}, first allocation", allocation));
            rows.Add(BenchRow.Of($"dynamic pool of {size} MiB over {abi}, last free", free));
        }

        AddGrowth($"dynamic pool over {abi}, first allocation", first[^1] / first[0], Pools[^1].MiB / Pools[0].MiB);
        AddGrowth($"dynamic pool over {abi}, last free", last[^1] / last[0], Pools[^1].MiB / Pools[0].MiB);
    }

    /// <summary>The pool is lent with each allocation and reclaimed with each free, since there is no other buffer in it.</summary>
    private static (Latency Allocation, Latency Free) AllocationAndFree(TeeContext tee, string useCase)
    {
        double[] allocations = new double[Shares], frees = new double[Shares];
        void Once(int sample)
        {
            long begin = Stopwatch.GetTimestamp();
            DmaBufHandle buffer = tee.AllocateRestricted(UseCaseRow.HeapPrefix + useCase, PhysicalAddress.PageSize);
            long middle = Stopwatch.GetTimestamp();
            buffer.Dispose();
            allocations[sample] = Stopwatch.GetElapsedTime(begin, middle).TotalMicroseconds;
            frees[sample] = Stopwatch.GetElapsedTime(middle).TotalMicroseconds;
        }

        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Briefly;)
            Once(0);
        for (int sample = 0; sample < Shares; sample++)
            Once(sample);
        return (Latency.Of(allocations), Latency.Of(frees));
    }

    private void AddGrowth(string what, double times, double sizes) => rows.Add(new BenchRow(
        $"{what}: time grows, from the smallest to the largest", times, "times", times / sizes, $"size grows {sizes} times", "≤ 1", times / sizes <= 1));

    /// <summary>Each page a range of its own, in an order in which no two neighbours follow each other.</summary>
    private static PhysicalRange[] Pieces(PhysicalRange whole)
    {
        const int Stride = 5; // coprime to the number of pages, which is a power of two
        int pages = (int)(whole.Length / PhysicalAddress.PageSize);
        return [.. Enumerable.Range(0, pages).Select(i => PhysicalRange.Create(whole.Start + ((ulong)(i * Stride % pages) * PhysicalAddress.PageSize), PhysicalAddress.PageSize))];
    }
}
