using System.Diagnostics;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Serving;

/// <summary>A call that never ends is seen and ended by the operator, when the TA heeds its cancellation and when it does not.</summary>
public sealed class OperatorTests
{
    private const string Misbehaving = "0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e001";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_call_that_heeds_its_cancellation_is_listed_and_ended()
    {
        using var up = new Rtee.Up("--ta-dir", Repository.TestTas);
        Assert.Equal("No call is under way.", up.Run("ps").Output.Trim());
        using Process client = Rtee.Start(up.Environment, "invoke", Misbehaving, "2", "--connect");
        string session = SessionOfTheFirst(up);

        Rtee.Result killed = up.Run("kill", session);

        Assert.Equal((0, $"The call in session {session} has ended."), (killed.ExitCode, killed.Output.Trim()));
        Assert.True(client.WaitForExit(Deadline));
        Assert.NotEqual(0, client.ExitCode);
    }

    [Fact]
    public void Endless_calls_in_every_thread_end_with_the_secure_world_and_the_next_one_serves()
    {
        const int Threads = 2;
        using var up = new Rtee.Up("--ta-dir", Repository.TestTas, "--threads", Threads.ToString(), "--restart");
        Process[] clients = [.. Enumerable.Range(0, Threads).Select(_ => Rtee.Start(up.Environment, "invoke", Misbehaving, "12", "--connect"))];
        string session = SessionOfTheFirst(up);

        Rtee.Result unheeded = up.Run("kill", session);
        Rtee.Result ended = up.Run("kill", "--restart");

        Assert.True(unheeded.ExitCode == 1 && unheeded.Errors.Contains("does not heed", StringComparison.Ordinal), unheeded.Errors);
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.All(clients, client => Assert.True(client.WaitForExit(Deadline)));
        Assert.Contains("a new one is up", up.Process.StandardError.ReadLine(), StringComparison.Ordinal);
        Rtee.Result heaps = up.Run("heaps", "--connect");
        Assert.True(heaps.ExitCode == 0, heaps.Errors);
        Array.ForEach(clients, client => client.Dispose());
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("kill", "12", "--restart")]
    [InlineData("kill", "nonsense")]
    public void What_kill_cannot_take_is_said(params string[] arguments)
    {
        Rtee.Result result = Rtee.Run(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("rtee: ", result.Errors, StringComparison.Ordinal);
    }

    private static string SessionOfTheFirst(Rtee.Up up)
    {
        string? session = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                session = up.Run("ps").Output.Split('\n').FirstOrDefault(line => line.Contains(Misbehaving, StringComparison.Ordinal) && !line.Contains("opens", StringComparison.Ordinal))?.Trim().Split(' ')[0];
                return session is not null;
            },
            Deadline));
        return session!;
    }
}
