using System.Diagnostics;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>Invariant 7: when either process dies, the other notices at once; clients get an error, nothing hangs, nothing is orphaned.</summary>
public sealed class DeathTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public void Invariant_7_a_killed_secure_world_gives_waiting_clients_an_error()
    {
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { TaDir = Repository.TestTas });
        using TeeContext context = environment.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Misbehaving);
        (TeecResult Result, TeecOrigin Origin) outcome = default;
        var thread = new Thread(() => outcome = (session.TryInvoke(2, new Operation(), out TeecOrigin origin), origin));
        thread.Start();

        Process.GetProcessById(environment.SecureWorldPid).Kill();

        Assert.True(thread.Join(Deadline));
        Assert.Equal((TeecResult.Communication, TeecOrigin.Comms), outcome);
        Assert.Equal(TeecResult.Communication, context.TryOpenSession(HelloWorld.Uuid, TeecLogin.Public, 0, null, out _, out _));
        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => environment.OpenDevice()).Errno);
    }

    [Fact]
    public void A_restart_gives_a_new_secure_world()
    {
        using TeeEnvironment environment = TeeEnvironment.Launch();
        int first = environment.SecureWorldPid;
        Process.GetProcessById(first).Kill();

        environment.Restart();

        Assert.NotEqual(first, environment.SecureWorldPid);
        AssertServes(environment);
    }

    [Fact]
    public void The_launcher_restarts_the_secure_world_when_asked_to()
    {
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { RestartOnFailure = true });
        using var restarted = new ManualResetEventSlim();
        environment.SecureWorldDied += again =>
        {
            if (again)
                restarted.Set();
        };

        Process.GetProcessById(environment.SecureWorldPid).Kill();

        Assert.True(restarted.Wait(Deadline));
        AssertServes(environment);
    }

    [Theory]
    [InlineData(3u)] // exits the process
    [InlineData(5u)] // exhausts its stack
    public void A_ta_that_ends_the_process_gives_its_client_an_error_and_a_restart_works(uint command)
    {
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { TaDir = Repository.TestTas, LogLevel = "Fatal" });
        using (TeeContext context = environment.OpenContext())
        using (TeeSession session = context.OpenSession(TestTa.Misbehaving))
        {
            TeecResult result = session.TryInvoke(command, null, out TeecOrigin origin);
            Assert.Equal((TeecResult.Communication, TeecOrigin.Comms), (result, origin));
        }

        environment.Restart();
        AssertServes(environment);
    }

    [Fact]
    public void Invariant_7_a_killed_normal_world_takes_the_secure_world_with_it()
    {
        using var up = new Rtee.Up();
        int secure = up.SecureWorldPid;
        Assert.True(Rtee.IsAlive(secure));

        up.Process.Kill();
        up.Process.WaitForExit();

        Assert.True(SpinWait.SpinUntil(() => !Rtee.IsAlive(secure), Deadline));
    }

    [Fact]
    public void A_run_folder_is_taken_by_one_instance_and_free_again_after_a_kill()
    {
        using var up = new Rtee.Up();

        Rtee.Result second = up.Run("up");
        Assert.Equal(2, second.ExitCode);
        Assert.Contains("is running already", second.Errors, StringComparison.Ordinal);

        up.Process.Kill();
        up.Process.WaitForExit();
        using Process third = Rtee.Start(up.Environment, "up");
        Assert.Contains("is up", third.StandardOutput.ReadLine(), StringComparison.Ordinal);
        third.Kill();
        third.WaitForExit();
    }

    [Fact]
    public void Many_instances_run_side_by_side()
    {
        TeeEnvironment[] all = [.. Enumerable.Range(0, 4).AsParallel().Select(_ => TeeEnvironment.Launch())];

        Assert.Equal(4, all.Select(environment => environment.SecureWorldPid).Distinct().Count());
        Array.ForEach(all, AssertServes);
        Array.ForEach(all, environment => environment.Dispose());
        Assert.All(all, environment => Assert.False(Directory.Exists(environment.RunFolderPath)));
    }

    [Fact]
    public void More_callers_than_threads_wait_their_turn()
    {
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { Threads = 2, Conduits = 6 });
        using TeeContext context = environment.OpenContext();
        int succeeded = 0;
        Thread[] threads = [.. Enumerable.Range(0, 12).Select(_ => new Thread(() =>
        {
            using TeeSession session = context.OpenSession(OsTest.Uuid);
            if (session.TryInvoke(OsTest.CommandWait, new Operation(Parameter.ValueInput(20)), out TeecOrigin _) == TeecResult.Success)
                Interlocked.Increment(ref succeeded);
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(12, succeeded);
    }

    private static void AssertServes(TeeEnvironment environment)
    {
        using TeeContext context = environment.OpenContext();
        using TeeSession session = context.OpenSession(HelloWorld.Uuid);
        var operation = new Operation(Parameter.ValueInOut(41));
        session.Invoke(HelloWorld.CommandIncrementValue, operation);
        Assert.Equal(42u, operation[0].A);
    }
}
