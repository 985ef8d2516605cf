using System.Diagnostics;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>Invariant 10 over restarts: what the server had for a secure world that died goes with it.</summary>
public sealed class RestartDescriptorTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public void Invariant_10_a_restart_leaves_no_pipe_behind()
    {
        using var up = new Rtee.Up("--restart");
        int secureWorld = Restart(up, up.SecureWorldPid);
        int before = CountPipes(up);

        for (int i = 0; i < 4; i++)
            secureWorld = Restart(up, secureWorld);

        Assert.True(SpinWait.SpinUntil(() => CountPipes(up) <= before, Deadline), $"{CountPipes(up)} pipes, {before} before.");
    }

    [Fact]
    public void Invariant_10_a_buffer_that_outlives_its_secure_world_costs_the_server_nothing_when_it_is_closed()
    {
        using var up = new Rtee.Up("--restart");
        int secureWorld = Restart(up, up.SecureWorldPid);
        int before = CountPipes(up);

        for (int i = 0; i < 4; i++)
        {
            using TeeContext context = new(RemoteDevice.Connect(up.Socket));
            using DmaBufHandle handle = context.AllocateRestricted("protected,secure-video", 4096);
            secureWorld = Restart(up, secureWorld);
        }

        Assert.True(SpinWait.SpinUntil(() => CountPipes(up) <= before, Deadline), $"{CountPipes(up)} pipes, {before} before.");
    }

    private static int CountPipes(Rtee.Up up) =>
        Directory.EnumerateFiles($"/proc/{up.Process.Id}/fd").Count(fd => new FileInfo(fd).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);

    private static int Restart(Rtee.Up up, int secureWorld)
    {
        const string Pid = "a new one is up, pid ";
        Process.GetProcessById(secureWorld).Kill();
        string? line;
        do
            line = up.Process.StandardError.ReadLine();
        while (line is not null && !line.Contains(Pid, StringComparison.Ordinal));

        Assert.NotNull(line);
        return int.Parse(line.Split(Pid)[1]);
    }
}
