using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>What both worlds hold and use when nothing happens, and whether memory comes back.</summary>
internal sealed class FootprintBenchmarks(TeeEnvironment environment, Action<string> starting, List<BenchRow> rows)
{
    internal void Run()
    {
        ComeAndGo();
        Idle();
    }

    /// <summary>A pool in which they have room at once; nothing else is measured with it.</summary>
    private static string Board => """
        {
          "version": 1,
          "normalRam": { "base": "0x40000000", "size": "64MiB" },
          "reservedShm": { "base": "0x40000000", "size": "2MiB" },
          "secureRam": { "base": "0x0e100000", "size": "512KiB" },
          "pools": [ { "useCase": "secure-video", "base": "0x10000000", "size": "48MiB" } ]
        }
        """;

    private void ComeAndGo()
    {
        const int Buffers = 10_000, Size = 4096;
        starting($"{Buffers:N0} buffers come and go");
        string board = Path.Combine(Path.GetTempPath(), $"rtee-bench-{Environment.ProcessId}-pool.json");
        File.WriteAllText(board, Board);
        try
        {
            using TeeEnvironment own = TeeEnvironment.Launch(new LaunchOptions { Board = board });
            using TeeContext tee = own.OpenContext();
            var buffers = new DmaBufHandle[Buffers];
            tee.AllocateRestricted(UseCase.SecureVideoPlay, Size).Dispose();
            double before = ProcStat.ResidentMiB(own.SecureWorldPid);
            for (int i = 0; i < Buffers; i++)
                buffers[i] = tee.AllocateRestricted(UseCase.SecureVideoPlay, Size);
            Array.ForEach(buffers, buffer => buffer.Dispose());
            double kept = ProcStat.ResidentMiB(own.SecureWorldPid) - before;
            rows.Add(new BenchRow($"resident memory that the secure world keeps of {Buffers:N0} buffers of 4 KiB that came and went", kept, "MiB", Target: "≤ 10", Met: kept <= 10));
        }
        finally
        {
            File.Delete(board);
        }
    }

    private void Idle()
    {
        const int IdleSeconds = 10;
        starting("idle CPU over ten seconds");
        using var fresh = TeeEnvironment.Launch();
        using (TeeContext context = fresh.OpenContext())
        using (TeeSession session = context.OpenSession(HelloWorld.Uuid))
            session.Invoke(HelloWorld.CommandNothing);
        double secureMiB = ProcStat.ResidentMiB(environment.SecureWorldPid);
        double normalMiB = ProcStat.ResidentMiB(Environment.ProcessId);
        rows.Add(new BenchRow("resident memory, secure world after all of the above", secureMiB, "MiB", Target: "≤ 100", Met: secureMiB <= 100));
        rows.Add(new BenchRow("resident memory, normal world after all of the above", normalMiB, "MiB", Target: "≤ 100", Met: normalMiB <= 100));

        Thread.Sleep(1000); // until background compilation and the last pollers have come to rest
        double before = ProcStat.CpuSeconds(environment.SecureWorldPid) + ProcStat.CpuSeconds(Environment.ProcessId);
        Thread.Sleep(TimeSpan.FromSeconds(IdleSeconds));
        double percent = (ProcStat.CpuSeconds(environment.SecureWorldPid) + ProcStat.CpuSeconds(Environment.ProcessId) - before) / IdleSeconds * 100;
        rows.Add(new BenchRow("idle CPU of both worlds over 10 s", percent, "%", Target: "< 1", Met: percent < 1));
    }
}
