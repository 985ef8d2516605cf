using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>Invariants 5 and 8, where a TA fails outside of any call.</summary>
public sealed class StrayFaultTests
{
    private static readonly Guid Stray = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e00a");

    [Theory]
    [InlineData(0u)] // on a thread of its own
    [InlineData(1u)] // in a finalizer
    [InlineData(2u)] // in a work item
    public void Invariant_5_an_exception_outside_of_any_call_ends_the_ta_and_nothing_else(uint command)
    {
        using var folder = new Rtee.Folder();
        string log = Path.Combine(folder.Path, "secure.log");
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { LogFile = log, TaDir = Repository.TestTas });
        using TeeContext context = environment.OpenContext();
        using TeeSession session = context.OpenSession(Stray);

        session.TryInvoke(command, null, out _);

        Assert.True(SpinWait.SpinUntil(() => session.TryInvoke(3, null, out _) == TeecResult.TargetDead, TimeSpan.FromSeconds(20)), "The instance lives on.");
        using TeeSession other = context.OpenSession(HelloWorld.Uuid);
        other.Invoke(HelloWorld.CommandIncrementValue, new Operation(Parameter.ValueInOut(1)));
        using FileStream stream = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        string text = new StreamReader(stream).ReadToEnd();
        Assert.Contains("InvalidOperationException", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_on_a_full_disk_is_said_and_is_no_success()
    {
        Rtee.Result result = Rtee.Run("heaps", "--log-file", "/dev/full");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("'/dev/full' cannot be written", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }
}
