using System.Diagnostics;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What an allocation costs when the pool is not empty, and whether it is refused before the pool is full.</summary>
internal sealed class PoolBenchmarks(TeeContext tee, Action<string> starting, List<BenchRow> rows)
{
    private const string Heap = "protected,secure-video";
    private const int Page = 4096;
    private const int Probe = 64 << 10;
    private const int Samples = 2000;

    internal void Run()
    {
        int pool = (int)HeapState.Size;
        AllocateAndFree("empty");
        using (new Buffers(tee, pool / 2))
            AllocateAndFree("half full");
        Fragmented(pool);
        Playback(pool);
    }

    private HeapInfo HeapState => tee.Heaps.Single(heap => heap.Name == Heap);

    private void AllocateAndFree(string how)
    {
        starting($"allocate and free, the pool {how}");
        rows.Add(BenchRow.Of($"allocate and free 64 KiB, the pool {how}", Measure.LatencyOf(() => tee.AllocateRestricted(Heap, Probe).Dispose(), Samples, TimeSpan.FromMilliseconds(300))));
    }

    /// <summary>Half of it is free, in 512 holes: each allocation has to move what is in its way.</summary>
    private void Fragmented(int pool)
    {
        const int Rounds = 40;
        int hole = Math.Max(pool / 1024 / Page, 1) * Page;
        starting("allocate, the pool in holes");
        using var content = new Writer(tee);
        double[] samples = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            using var holes = new Buffers(tee, pool, hole);
            holes.Write(content);
            holes.FreeEverySecond();
            long start = Stopwatch.GetTimestamp();
            DmaBufHandle buffer = tee.AllocateRestricted(Heap, pool / 4);
            samples[round] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            buffer.Dispose();
        }

        rows.Add(BenchRow.Of($"allocate a quarter of {pool >> 20} MiB, half of it in holes of {hole >> 10} KiB", Latency.Of(samples)));
    }

    /// <summary>
    /// Playback of 4K video: frames of 12 MiB, pieces of bitstream of 1 to 4 MiB and small buffers, come and go in a pool of 128 MiB that
    /// is kept up to 97 % full; in a smaller pool all of it is smaller.
    /// </summary>
    private void Playback(int pool)
    {
        const int Steps = 20_000;
        const int MaxFrames = 8;
        starting("playback of 4K video");
        int unit = Math.Max(pool / 128 / Page, 1) * Page, limit = (int)(pool * 0.97), used = 0, refused = 0;
        var random = new Random(4000);
        var live = new List<DmaBufHandle>();
        using var content = new Writer(tee);
        List<double> samples = [];
        for (int step = 0; step < Steps; step++)
        {
            int frames = live.Count(buffer => (int)buffer.Size == 12 * unit);
            int size = random.Next(10) switch
            {
                < 3 when frames < MaxFrames => 12 * unit,
                < 7 => unit * random.Next(1, 5),
                _ => Page * random.Next(1, 17),
            };
            while (used + size > limit)
                Free(live, random.Next(live.Count), ref used);
            long start = Stopwatch.GetTimestamp();
            try
            {
                live.Add(tee.AllocateRestricted(Heap, size));
                used += size;
            }
            catch (TeeDriverException e) when (e.Errno == Errno.ENOMEM)
            {
                refused++;
            }

            samples.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            content.WriteTo(live[^1]);
        }

        while (live.Count > 0)
            Free(live, 0, ref used);
        double worst = samples.Max();
        rows.Add(BenchRow.Of($"allocate as playback of 4K video does, {pool >> 20} MiB up to 97 % full", Latency.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(samples))));
        rows.Add(new BenchRow("the longest of these", worst, "µs"));
        rows.Add(new BenchRow("of these refused", refused, $"of {Steps:N0}", Target: "0", Met: refused == 0));
    }

    private static void Free(List<DmaBufHandle> live, int at, ref int used)
    {
        used -= (int)live[at].Size;
        live[at].Dispose();
        live[at] = live[^1];
        live.RemoveAt(live.Count - 1);
    }

    /// <summary>Writes to buffers, a little to each: one that nobody has written to has no content that would be moved with it.</summary>
    private sealed class Writer(TeeContext tee) : IDisposable
    {
        private const int Size = 16;

        private readonly TeeSession _sdp = tee.OpenSession(SdpBasic.Uuid);
        private readonly SharedMemory _source = tee.AllocateSharedMemory(Size);

        internal void WriteTo(DmaBufHandle buffer)
        {
            using SharedMemory memory = tee.RegisterSharedMemory(buffer);
            _sdp.Invoke(SdpBasic.CommandInject, new Operation(Parameter.Partial(_source, Direction.Input, 0, Size), Parameter.Partial(memory, Direction.Output, 0, Size)));
        }

        public void Dispose()
        {
            _source.Dispose();
            _sdp.Dispose();
        }
    }

    /// <summary>Buffers that fill a part of the pool.</summary>
    private sealed class Buffers : IDisposable
    {
        private readonly List<DmaBufHandle> _buffers = [];

        internal Buffers(TeeContext tee, int bytes, int each = Probe)
        {
            for (int i = 0; i < bytes / each; i++)
                _buffers.Add(tee.AllocateRestricted(Heap, each));
        }

        internal void Write(Writer content) => _buffers.ForEach(content.WriteTo);

        internal void FreeEverySecond()
        {
            for (int i = 0; i < _buffers.Count; i += 2)
                _buffers[i].Dispose();
        }

        public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());
    }
}
