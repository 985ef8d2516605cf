using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Serving;

/// <summary>Invariant 9: a client that dies in a call gives its thread of the TEE back at once.</summary>
public sealed class DyingClientTests
{
    private const uint WaitUntilCancelled = 2; // of the misbehaving TA: a minute
    private const int Threads = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public void Clients_that_die_in_a_cancellable_wait_stop_nobody()
    {
        using var up = new Rtee.Up("--ta-dir", Repository.TestTas, "--threads", Threads.ToString());
        using TeeContext living = new(RemoteDevice.Connect(up.Socket));
        using TeeSession hello = living.OpenSession(HelloWorld.Uuid);
        TeeContext[] dying = [.. Enumerable.Range(0, Threads).Select(i => new TeeContext(RemoteDevice.Connect(up.Socket)))];
        var outcomes = new TeecResult[Threads];
        Thread[] waits = [.. dying.Select((context, i) =>
        {
            TeeSession session = context.OpenSession(TestTa.Misbehaving);
            return new Thread(() => outcomes[i] = session.TryInvoke(WaitUntilCancelled, null, out _));
        })];
        Array.ForEach(waits, wait => wait.Start());
        Thread blocked = CallThatWaitsForAThread(hello);

        Array.ForEach(dying, context => context.Dispose());

        Assert.True(blocked.Join(Deadline), "the living client waits for the dead ones");
        Assert.All(waits, wait => Assert.True(wait.Join(Deadline)));
        Assert.All(outcomes, outcome => Assert.Equal(TeecResult.Communication, outcome));
        Assert.True(SpinWait.SpinUntil(() => AllThreadsServe(living), Deadline));
    }

    [Fact]
    public void A_client_that_dies_with_a_request_on_its_way_leaves_the_others_served()
    {
        using var up = new Rtee.Up("--ta-dir", Repository.TestTas);
        using RawClient owner = RawClient.Open(up.Socket);

        using (RawClient second = RawClient.Open(up.Socket))
            second.Send(Wire.Operation.ListHeaps, 0, [], []);

        Assert.Equal((NormalWorld.Uapi.Errno)0, owner.Exchange(Wire.Operation.ListHeaps, 0, [], []).Errno);
    }

    /// <summary>A call that does not come back for a moment: all threads of the TEE are taken by the waits then.</summary>
    private static Thread CallThatWaitsForAThread(TeeSession session)
    {
        const int AMoment = 300;
        Thread? blocked = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                blocked = new Thread(() => session.TryInvoke(HelloWorld.CommandNothing, null, out _));
                blocked.Start();
                return !blocked.Join(AMoment);
            },
            Deadline));
        return blocked!;
    }

    private static bool AllThreadsServe(TeeContext context) => Enumerable.Range(0, Threads).All(i =>
    {
        using TeeSession session = context.OpenSession(HelloWorld.Uuid);
        return session.TryInvoke(HelloWorld.CommandNothing, null, out _) == TeecResult.Success;
    });
}
