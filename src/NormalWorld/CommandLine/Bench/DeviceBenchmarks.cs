using System.Diagnostics;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>Devices at work: mapping for them, the firewall's question, frames a second, and copies beside memcpy.</summary>
internal sealed class DeviceBenchmarks(TeeEnvironment environment, TeeContext tee, Action<string> starting, List<BenchRow> rows)
{
    private const string Heap = "protected,secure-video";
    private const int Width = 1920, Height = 1080;
    private const double FramesWanted = 60;
    private const double FirewallNanoseconds = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BoardPeripherals _devices = environment.Peripherals;

    internal void Run()
    {
        MapAndUnmap();
        Firewall();
        Composition();
        Copies();
    }

    private void MapAndUnmap()
    {
        starting("map and unmap for a device");
        using DmaBufHandle buffer = tee.AllocateRestricted(Heap, 64 << 10);
        using DmaBufAttachment display = buffer.Attach(_devices.Display.Device);
        rows.Add(BenchRow.Of("map a restricted buffer for a device, and unmap", Measure.LatencyOf(() => display.Unmap(display.Map(DmaDirection.ToDevice)), 5000, TimeSpan.FromMilliseconds(500))));
    }

    /// <summary>
    /// Planes a pixel wide: nearly all of a line is the question whether the display may read these four bytes. Beside it stands a frame
    /// of as many lines without planes. What is left is a burst, its bytes included.
    /// </summary>
    private void Firewall()
    {
        const int Lines = (int)DisplayDescriptor.MaxEdge, Frames = 60;
        starting("the firewall's check");
        using DmaBufHandle buffer = tee.AllocateRestricted(Heap, Lines * sizeof(uint));
        var line = new DmaImage(buffer, PixelFormat.Xrgb8888, 1, Lines);
        var asked = new DisplayFrame(8, Lines, [.. Enumerable.Range(0, DisplayPlanes.Count).Select(x => new DisplayPlane(line, X: x))]);
        var empty = new DisplayFrame(8, Lines, []);
        (Latency with, Latency without) = Measure.LatenciesInTurn(5, () => Show(asked), () => Show(empty), Frames, TimeSpan.FromMilliseconds(400));
        double nanoseconds = (with.P50 - without.P50) * 1000 / (Lines * DisplayPlanes.Count);
        rows.Add(new BenchRow("a burst of a device: the firewall's check, and 4 bytes", nanoseconds, "ns", Target: $"< {FirewallNanoseconds}", Met: nanoseconds < FirewallNanoseconds));
    }

    /// <summary>The device works on one thread, so what it does in a second of that thread's CPU time is what it does on one core.</summary>
    private void Composition()
    {
        const int Frames = 240, InFlight = 2;
        starting("composition of 1920x1080");
        using DmaBufHandle video = tee.AllocateRestricted(Heap, (int)DmaImage.SizeOf(PixelFormat.Nv12, Width, Height)), controls = tee.AllocateRestricted("system", Width * Height * sizeof(uint));
        controls.Map().Fill(0x70);
        var frame = new DisplayFrame(Width, Height,
        [
            new DisplayPlane(new DmaImage(video, PixelFormat.Nv12, Width, Height)),
            new DisplayPlane(new DmaImage(controls, PixelFormat.Argb8888, Width, Height)),
        ]);
        for (int i = 0; i < Frames / 4; i++)
            Show(frame);
        var inFlight = new Queue<DmaJob>();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Frames; i++)
        {
            inFlight.Enqueue(_devices.Display.Show(frame));
            if (inFlight.Count == InFlight)
                inFlight.Dequeue().Wait(Patience);
        }

        while (inFlight.TryDequeue(out DmaJob? job))
            job.Wait(Patience);
        double rate = Frames / Stopwatch.GetElapsedTime(start).TotalSeconds;
        rows.Add(new BenchRow("display: NV12 below ARGB8888, 1920x1080, one thread", rate, "frames/s", rate / FramesWanted, $"{FramesWanted} frames/s", "≥ 1", rate >= FramesWanted));
    }

    private void Copies()
    {
        const int Size = 1 << 20;
        starting("copies by the crypto engine");
        using DmaBufHandle source = tee.AllocateRestricted(Heap, Size), destination = tee.AllocateRestricted(Heap, Size);
        byte[] from = GC.AllocateUninitializedArray<byte>(Size, pinned: true), to = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        from.AsSpan().Fill(1);
        var copy = new CryptoJob(CryptoOperation.Copy, new DmaRegion(source), new DmaRegion(destination), Size);
        (Latency engine, Latency memcpy) = Measure.LatenciesInTurn(
            5, () => _devices.CryptoEngine.Submit(copy).Wait(Patience), () => from.AsSpan().CopyTo(to), 400, TimeSpan.FromMilliseconds(400));
        rows.Add(BenchRow.Of("memcpy of 1 MiB", memcpy) with { Against = "the yardstick" });
        rows.Add(BenchRow.Of("copy of 1 MiB by the crypto engine, from map to unmap", engine).Beside(memcpy.P50, "memcpy"));
        InFlight(copy, memcpy.P50);
        CryptoJob small = copy with { Length = 4096 };
        rows.Add(BenchRow.Of("copy of 4 KiB by it: what a job costs", Measure.LatencyOf(() => _devices.CryptoEngine.Submit(small).Wait(Patience), 5000, TimeSpan.FromMilliseconds(400))));
    }

    /// <summary>One job waits while another runs, so that the device need not be woken for each.</summary>
    private void InFlight(CryptoJob copy, double memcpy)
    {
        const int Jobs = 400, Depth = 4;
        using DmaBufHandle other = tee.AllocateRestricted(Heap, (int)copy.Length);
        var jobs = new Queue<DmaJob>();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Jobs; i++)
        {
            jobs.Enqueue(_devices.CryptoEngine.Submit(i % 2 == 0 ? copy : copy with { Destination = new DmaRegion(other) }));
            if (jobs.Count == Depth)
                jobs.Dequeue().Wait(Patience);
        }

        while (jobs.TryDequeue(out DmaJob? job))
            job.Wait(Patience);
        rows.Add(new BenchRow("copy of 1 MiB by it, several in flight", Stopwatch.GetElapsedTime(start).TotalMicroseconds / Jobs, "µs").Beside(memcpy, "memcpy"));
    }

    private void Show(DisplayFrame frame) => _devices.Display.Show(frame).Wait(Patience);
}
