using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>Invariant 9 in the kernel: whatever a TA does, turn, session and thread come back.</summary>
public sealed class CallScopeTests : IDisposable
{
    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Theory]
    [InlineData("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e012")] // itself
    [InlineData("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e013")] // by way of another
    [InlineData("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e014")]
    public void Invariant_9_tas_that_open_one_another_while_being_created_get_busy(string uuid)
    {
        const int Clients = 9;
        using TeeContext context = _tee.OpenContext();
        var results = new TeecResult[Clients];
        Thread[] clients = [.. Enumerable.Range(0, Clients).Select(i => new Thread(() =>
            results[i] = context.TryOpenSession(Guid.Parse(uuid), TeecLogin.Public, 0, null, out _, out _)))];

        Array.ForEach(clients, client => client.Start());

        Assert.All(clients, client => Assert.True(client.Join(TimeSpan.FromSeconds(30)), "a client hangs"));
        Assert.All(results, result => Assert.Equal(TeecResult.Busy, result));
        _tee.AssertStillServes();
    }

    [Fact]
    public void Invariant_9_sessions_are_closed_at_whatever_depth_they_were_opened()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e015"));
        for (int round = 0; round < 3; round++)
        {
            var operation = new Operation(Parameter.ValueOutput());

            session.Invoke(0, operation);

            Assert.InRange(operation[0].A, 10u, 16u);
        }

        _tee.AssertStillServes();
    }

    [Fact]
    public void Invariant_5_an_exception_whose_own_members_throw_kills_its_instance_and_no_more()
    {
        using TeeContext context = _tee.OpenContext();
        var trap = new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e016");
        using (TeeSession session = context.OpenSession(trap))
        {
            Assert.Equal(TeecResult.TargetDead, session.TryInvoke(0, null, out _));
            Assert.Equal(TeecResult.TargetDead, session.TryInvoke(0, null, out _));
        }

        using TeeSession anew = context.OpenSession(trap);
        _tee.AssertStillServes();
    }

    [Fact]
    public void The_context_of_a_session_that_does_not_open_is_disposed_of()
    {
        using TeeContext context = _tee.OpenContext();
        var refusing = new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e017");

        TeecResult refused = context.TryOpenSession(refusing, TeecLogin.Public, 0, new Operation(Parameter.ValueInput(1)), out _, out _);

        using TeeSession session = context.OpenSession(refusing);
        var count = new Operation(Parameter.ValueOutput());
        session.Invoke(0, count);
        Assert.Equal((TeecResult.AccessConflict, 1u), (refused, count[0].A));
    }
}
