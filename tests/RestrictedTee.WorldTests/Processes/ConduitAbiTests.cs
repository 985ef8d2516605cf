using System.Diagnostics;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.WorldTests.Harness;
using RestrictedTee.Xtest;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>Both conduit ABIs, with pools that are static and pools that are lent, across the real processes.</summary>
public sealed class ConduitAbiTests
{
    public static TheoryData<string, string> Runs => new() { { "smc", "default" }, { "smc", "dynamic" }, { "smc", "static-soc" }, { "ffa", "ffa-test" }, { "ffa", "ffa-test-dynamic" } };

    public static TheoryData<string> Conduits => ["smc", "ffa"];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Xtest_ends_with_nothing_failed(string conduit, string board)
    {
        Rtee.Result result = Rtee.Run("xtest", "--conduit", conduit, "--board", board);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains($"{(conduit == "ffa" ? 120 : 107) + CasesOf(board)} test cases of which 0 failed", result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Errors);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void The_dmabuf_suite_passes_across_both_processes(string conduit, string board)
    {
        Rtee.Result result = Rtee.Run("xtest", "dmabuf", "--conduit", conduit, "--board", board);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains($"{16 + CasesOf(board)} test cases of which 0 failed", result.Output, StringComparison.Ordinal);
    }

    /// <summary>Cases beside those of the default board: for a heap that lends for each buffer; for two over reserved memory, less those of camera and touch controller.</summary>
    private static int CasesOf(string board) => board.Contains("dynamic", StringComparison.Ordinal) ? 1 : board == "static-soc" ? 2 - 2 : 0;

    [Theory]
    [MemberData(nameof(Runs))]
    public void The_secure_data_path_passes(string conduit, string board)
    {
        Rtee.Result result = Rtee.Run("xtest", "--sdp-basic", "-n", "50", "--conduit", conduit, "--board", board);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("all 5 parts passed", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ffa_spmc")]
    [InlineData("-t", "ffa_spmc")]
    public void Who_asks_for_ffa_cases_alone_gets_the_conduit_that_they_need(params string[] cases)
    {
        Rtee.Result alone = Rtee.Run(["xtest", .. cases]);
        Rtee.Result explicitly = Rtee.Run(["xtest", .. cases, "--conduit", "smc"]);

        Assert.True(alone.ExitCode == 0, alone.Output + alone.Errors);
        Assert.Contains("13 test cases of which 0 failed", alone.Output, StringComparison.Ordinal);
        Assert.Contains("ffa_spmc_1001 not applicable: it needs worlds that talk by FF-A (--conduit ffa)", explicitly.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Conduits))]
    public void Invariant_1_the_lent_range_watched_while_a_ta_writes_to_it_shows_no_byte_of_it(string conduit)
    {
        const int Loops = 300;
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { Board = "dynamic", Conduit = conduit });
        using TeeContext tee = environment.OpenContext();
        using TeeSession sdp = tee.OpenSession(SdpBasic.Uuid);
        byte[] pattern = [.. Enumerable.Range(0, 60_000).Select(i => (byte)(1 + (i % 255)))];
        PhysicalRange range;
        long looks = 0;
        bool seen = false, stop = false;
        using (DmaBufHandle buffer = tee.AllocateRestricted("protected,secure-video", pattern.Length))
        using (SharedMemory memory = tee.RegisterSharedMemory(buffer))
        {
            range = ((DynamicPool)environment.DeviceHost.Heaps.Named("protected,secure-video").BackEnd).Range!.Value;
            RamBank bank = environment.Bank0;
            var watcher = new Thread(() =>
            {
                while (!Volatile.Read(ref stop))
                {
                    seen |= bank.GetSpan(range.Start.Value - bank.Range.Start.Value, (int)range.Length).ContainsAnyExcept((byte)0);
                    Interlocked.Increment(ref looks);
                }
            });
            watcher.Start();
            byte[] back = new byte[pattern.Length];
            for (int i = 0; i < Loops || Interlocked.Read(ref looks) < 20; i++)
            {
                sdp.Invoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(pattern), Parameter.Partial(memory, Direction.Output, 0, pattern.Length)));
                sdp.Invoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(memory, Direction.Input, 0, pattern.Length), Parameter.TempOutput(back)));
                Assert.Equal(pattern, back);
            }

            Volatile.Write(ref stop, true);
            watcher.Join();
        }

        Assert.False(seen, "a byte of lent memory was seen from the normal world");
        Assert.False(environment.Bank0.GetSpan(range.Start.Value - environment.Bank0.Range.Start.Value, (int)range.Length).ContainsAnyExcept((byte)0), "lent memory came back with content");
        Assert.Equal("not lent", tee.Heaps.First(heap => heap.Name == "protected,secure-video").Protection);
    }

    [Fact]
    public void Invariant_2_garbage_over_ffa_between_real_processes_leaves_the_suite_passing()
    {
        const int Frames = 30_000;
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { Conduit = "ffa", Board = "ffa-test", LogLevel = "Fatal" });
        FfaUserDevice ffa = environment.OpenFfa();
        ulong[] functions = [.. FfaCalls.Surface.Rows.Select(row => row.Number).Where(f => f != FfaFunction.RxTxUnmap)];
        var random = new Random(4);
        using (FfaCpu cpu = ffa.EnterCpu())
        {
            for (int i = 0; i < Frames; i++)
            {
                SmcFrame frame = default;
                random.NextBytes(frame.AsBytes());
                frame[0] = random.Next(8) == 0 ? frame[0] : functions[random.Next(functions.Length)];
                if (random.Next(2) == 0)
                    (frame[1], frame[2], frame[4]) = ((ulong)(0x8001 + random.Next(6)), 0, (ulong)random.Next(40));
                frame = cpu.Call(frame);
                while (frame.A0 == FfaFunction.Yield)
                {
                    (uint target, frame) = (frame.A1, default);
                    (frame.A0, frame.A1) = (FfaFunction.Run, target);
                    frame = cpu.Call(frame);
                }
            }

            SmcFrame release = default;
            release.A0 = FfaFunction.RxRelease;
            cpu.Call(release);
        }

        using var output = new StringWriter();
        using var host = new Xtest.Framework.XtestHost(environment.OpenContext, level: 0, output, ffa);
        Xtest.Framework.XtestSummary summary = Xtest.Framework.XtestRunner.Run(
            new Xtest.Framework.XtestSelection(Xtest.XtestRegistry.Suites) { TestIds = ["1002", "1005", "1014", "ffa_spmc_1003", "ffa_spmc_2001"] }, host);
        Assert.True(summary.FailedCases == 0 && summary.Cases >= 5, output.ToString());
    }

    [Theory]
    [MemberData(nameof(Conduits))]
    public void Invariant_7_memory_that_was_lent_to_a_world_that_died_can_be_lent_to_the_next(string conduit)
    {
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { Board = "dynamic", Conduit = conduit });
        using (TeeContext before = environment.OpenContext())
        {
            DmaBufHandle buffer = before.AllocateRestricted("protected,secure-video", 5000);
            Process.GetProcessById(environment.SecureWorldPid).Kill();
            environment.Restart();
            buffer.Dispose(); // its memory went with its world
        }

        using TeeContext after = environment.OpenContext();
        using DmaBufHandle again = after.AllocateRestricted("protected,secure-video", 5000);
        Assert.Equal(1, after.Heaps[0].Buffers);
    }

    [Theory]
    [MemberData(nameof(Conduits))]
    public void A_fault_of_the_firewall_is_announced_and_its_bottom_half_done(string conduit)
    {
        using var folder = new Rtee.Folder();
        string log = Path.Combine(folder.Path, "secure.log");
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { Conduit = conduit, LogLevel = "Information", LogFile = log });
        using TeeContext tee = environment.OpenContext();
        using TeeSession hello = tee.OpenSession(HelloWorld.Uuid);
        using DmaBufHandle buffer = tee.AllocateRestricted("protected,secure-video", 5000);
        using SharedMemory memory = tee.RegisterSharedMemory(buffer);

        hello.TryInvoke(HelloWorld.CommandIncrementValue, new Operation(Parameter.Whole(memory)), out _);

        bool logged = SpinWait.SpinUntil(() => File.Exists(log) && Text(log).Contains("Firewall:", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        Assert.True(logged, Text(log));
    }

    private static string Text(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [Fact]
    public void A_tee_that_is_up_over_ffa_with_lent_pools_serves_other_processes()
    {
        using var up = new Rtee.Up("--conduit", "ffa", "--board", "dynamic");

        Rtee.Result sdp = up.Run("xtest", "--sdp-basic", "-n", "20", "--connect");
        Rtee.Result suite = up.Run("xtest", "--connect", "default", "regression_1002", "regression_1005", "regression_1014", "regression_1025");
        Rtee.Result heaps = up.Run("heaps", "--connect");

        Assert.True(sdp.ExitCode == 0, sdp.Output + sdp.Errors);
        Assert.True(suite.ExitCode == 0, suite.Output + suite.Errors);
        Assert.Contains("dynamic", heaps.Output, StringComparison.Ordinal);
        Assert.Contains("not lent", heaps.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Some_pools_may_be_static_and_others_dynamic()
    {
        using var folder = new Rtee.Folder();
        string board = Path.Combine(folder.Path, "board.json");
        File.WriteAllText(board, """
            {
              "version": 1,
              "normalRam": { "base": "0x80000000", "size": "32MiB" }, "reservedShm": { "base": "0x80000000", "size": "1MiB" },
              "secureRam": { "base": "0x0e100000", "size": "256KiB" },
              "pools": [
                { "useCase": "secure-video", "base": "0x0f000000", "size": "1MiB" },
                { "useCase": "trusted-ui", "kind": "dynamic", "size": "2MiB", "alignment": "1MiB" }
              ]
            }
            """);

        foreach (string conduit in new[] { "smc", "ffa" })
        {
            Rtee.Result heaps = Rtee.Run("heaps", "--board", board, "--conduit", conduit);
            Rtee.Result sdp = Rtee.Run("xtest", "--sdp-basic", "-n", "5", "--board", board, "--conduit", conduit, "--heap-name", "protected,trusted-ui");

            Assert.Matches("protected,secure-video +static +1 MiB", heaps.Output);
            Assert.Matches("protected,trusted-ui +dynamic +2 MiB +0 MiB +0 MiB +none +2 MiB +0 +not lent", heaps.Output);
            Assert.True(sdp.ExitCode == 0, sdp.Output + sdp.Errors);
        }
    }
}
