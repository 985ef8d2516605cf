using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>Where the words of trusted applications go.</summary>
public sealed class TaConsoleTests
{
    private const string Described = "0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0c4";

    [Fact]
    public void What_a_ta_writes_to_its_console_does_not_land_in_the_clients_output()
    {
        Rtee.Result result = Rtee.Run("invoke", "--ta-dir", Repository.TestTas, Described, "3");

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("the blue", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("raw words", result.Output, StringComparison.Ordinal);
        Assert.Single(result.Output.Trim().Split('\n'));
    }

    [Fact]
    public void What_a_ta_writes_to_its_console_stands_in_the_log_with_its_name_in_lines_of_bounded_length()
    {
        using var folder = new Rtee.Folder();
        string log = Path.Combine(folder.Path, "secure.log");
        using (TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { LogFile = log, LogLevel = "Information", TaDir = Repository.TestTas }))
        {
            using TeeContext context = environment.OpenContext();
            using TeeSession session = context.OpenSession(new Guid(Described));
            session.Invoke(3);
        }

        string[] lines = [.. File.ReadAllLines(log).Where(line => line.Contains(Described, StringComparison.Ordinal))];
        Assert.Contains(lines, line => line.Contains("RestrictedTee.TestTas", StringComparison.Ordinal) && line.EndsWith("out of the blue", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("an end without an end", StringComparison.Ordinal));
        Assert.Equal(5000, lines.Sum(line => line.Count(c => c == 'x')));
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 1300));
    }

    [Fact]
    public void A_refusal_of_the_firewall_is_in_the_log_whatever_ends_the_secure_world()
    {
        using var folder = new Rtee.Folder();
        string log = Path.Combine(folder.Path, "secure.log");
        using (TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { LogFile = log, TaDir = Repository.TestTas }))
        {
            using TeeContext context = environment.OpenContext();
            using NormalWorld.DmaBuf.DmaBufHandle handle = context.AllocateRestricted("protected,secure-video", 4096);
            using SharedMemory buffer = context.RegisterSharedMemory(handle);
            using TeeSession greedy = context.OpenSession(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e011"));
            Assert.NotEqual(TeecResult.Success, greedy.TryInvoke(0, new Operation(Parameter.Partial(buffer, Direction.Output, 0, 64)), out _));
        }

        Assert.Contains(File.ReadAllLines(log), line => line.Contains("WRN Firewall", StringComparison.Ordinal) && line.Contains("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e011", StringComparison.Ordinal));
    }
}
