using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>Invariant 5: a TA that misbehaves takes down its own instance and no more.</summary>
public sealed class MisbehaviourTests : IDisposable
{
    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Theory]
    [InlineData(0u, TeecResult.TargetDead, TeecOrigin.Tee)] // throws
    [InlineData(1u, (TeecResult)0x1234_5678, TeecOrigin.TrustedApp)] // answers garbage
    [InlineData(6u, TeecResult.NoData, TeecOrigin.TrustedApp)] // throws a result
    [InlineData(7u, TeecResult.TargetDead, TeecOrigin.Tee)] // swallows its own panic
    [InlineData(10u, TeecResult.Success, TeecOrigin.TrustedApp)] // uses a service on a thread of its own: refused there
    [InlineData(11u, TeecResult.OutOfMemory, TeecOrigin.TrustedApp)] // allocates without end
    [InlineData(13u, TeecResult.Success, TeecOrigin.TrustedApp)] // uses an operation again after a size that was made up
    public void Invariant_5_misbehaviour_gets_its_result(uint command, TeecResult expected, TeecOrigin expectedOrigin)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Misbehaving);

        TeecResult result = session.TryInvoke(command, null, out TeecOrigin origin);

        Assert.Equal((expected, expectedOrigin), (result, origin));
        _tee.AssertStillServes();
    }

    [Fact]
    public void Invariant_5_a_dead_instance_stays_dead_and_others_live()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession dead = context.OpenSession(TestTa.Misbehaving);
        using TeeSession alive = context.OpenSession(TestTa.Misbehaving);
        dead.TryInvoke(0, null, out _);

        Assert.Equal(TeecResult.TargetDead, dead.TryInvoke(1, null, out _));
        Assert.Equal((TeecResult)0x1234_5678, alive.TryInvoke(1, null, out _));
    }

    [Fact]
    public void Secure_memory_that_a_ta_forgot_comes_back_when_its_instance_ends()
    {
        using TeeContext context = _tee.OpenContext();
        for (int i = 0; i < 50; i++)
        {
            using TeeSession session = context.OpenSession(TestTa.Misbehaving);
            Assert.Equal(TeecResult.OutOfMemory, session.TryInvoke(11, null, out _));
        }

        using TeeSession last = context.OpenSession(Contracts.OsTest.Uuid);
        Assert.Equal(TeecResult.Success, last.TryInvoke(Contracts.OsTest.CommandBasic, new Operation(Parameter.TempInput(new byte[32])), out _));
    }

    [Theory]
    [InlineData(8u, 0)]
    [InlineData(9u, int.MaxValue)]
    public void A_size_that_a_ta_makes_up_reaches_the_client_and_touches_nothing(uint command, int expected)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Misbehaving);
        byte[] buffer = [1, 2, 3, 4];
        var operation = new Operation(Parameter.TempOutput(buffer));

        session.Invoke(command, operation);

        Assert.Equal(expected, operation[0].Size);
        Assert.Equal([1, 2, 3, 4], buffer);
    }

    [Fact]
    public void A_wait_ends_when_its_token_is_cancelled()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Misbehaving);
        using var cancellation = new CancellationTokenSource();
        Task call = session.InvokeAsync(2, new Operation(), cancellation.Token);

        cancellation.CancelAfter(50);

        Assert.ThrowsAny<OperationCanceledException>(() => call.GetAwaiter().GetResult());
        _tee.AssertStillServes();
    }

    [Fact]
    public void A_cancellation_that_overtakes_its_request_is_not_lost()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(TestTa.Misbehaving);
        const uint CancelId = 77;
        context.Device.Cancel(CancelId, session.Id);

        var argument = new NormalWorld.Uapi.TeeIoctlInvokeArg { Func = 2, Session = session.Id, CancelId = CancelId };
        context.Device.Invoke(ref argument, []);

        Assert.Equal(TeecResult.Cancel, (TeecResult)argument.Ret);
    }

    [Fact]
    public void Closing_a_context_ends_the_calls_in_it_at_whatever_moment_it_comes()
    {
        const int Rounds = 100, Callers = 2;
        for (int round = 0; round < Rounds; round++)
        {
            TeeContext context = _tee.OpenContext();
            TeeSession session = context.OpenSession(TestTa.Misbehaving);
            var results = new TeecResult[Callers];
            Thread[] callers = [.. Enumerable.Range(0, Callers).Select(i => new Thread(() => results[i] = session.TryInvoke(2, new Operation(), out _)))];
            Array.ForEach(callers, caller => caller.Start());

            Thread.SpinWait(round * 100);
            context.Dispose();

            Assert.All(callers, caller => Assert.True(caller.Join(TimeSpan.FromSeconds(30)), "a call does not end"));
            Assert.DoesNotContain(TeecResult.Success, results);
        }

        _tee.AssertStillServes();
    }
}
