using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.CommandLines;

/// <summary><c>rtee heaps</c> of a board that has restrictions of several kinds, and limits.</summary>
public sealed class HeapsCommandTests : IDisposable
{
    private readonly Rtee.Up _up = new("--board", "static-soc");

    [Fact]
    public void Shows_who_restricts_each_heap_its_use_peak_and_limits_and_the_clients_that_have_most()
    {
        using var context = new TeeContext(RemoteDevice.Connect(_up.Socket));
        using DmaBufHandle kept = context.AllocateRestricted("protected,static-video", 5000);
        context.AllocateRestricted("protected,static-video", 448 << 10).Dispose();

        Rtee.Result result = _up.Run("heaps", "--connect");

        Assert.Equal(0, result.ExitCode);
        string[][] rows = [.. result.Output.Split('\n').Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.Contains(rows, row => row.SequenceEqual(
            ["protected,static-video", "carve-out", "2 MiB", "64 KiB", "512 KiB", "2 MiB, 1 MiB each", "1984 KiB", "1", "reserved", "named devices only, by boot loader"]));
        Assert.Contains(rows, row => row is ["protected,discrete-gpu", "carve-out", .., "named devices only, by gpu-firmware"]);
        Assert.Contains(rows, row => row is ["protected,secure-video", "static", .., "no CPU mapping, by TEE"]);
        Assert.Contains(rows, row => row.SequenceEqual(["protected,static-video", $"{Environment.ProcessId}", "64 KiB", "512 KiB", "1 MiB"]));
    }

    public void Dispose() => _up.Dispose();
}
