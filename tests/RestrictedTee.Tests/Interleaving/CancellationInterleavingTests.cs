using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>A wish to cancel a request is kept from the moment on at which the request was made, wherever that is by then.</summary>
public sealed class CancellationInterleavingTests : IDisposable
{
    private const uint WaitUntilCancelled = 2; // of the misbehaving TA: a minute

    private readonly InProcessTee _tee = new(threads: 1);
    private readonly TeeContext _context;

    public CancellationInterleavingTests() => _context = _tee.OpenContext();

    public static TheoryData<string> Points => ["RequestRunner.Run", "CallsUnderWay.Begin", "OpteeDriver.Rent", "OpteeDriver.Call"];

    public void Dispose()
    {
        _context.Dispose();
        _tee.Dispose();
    }

    [InterleavingTheory]
    [MemberData(nameof(Points))]
    public void A_command_is_cancelled_wherever_it_is(string point)
    {
        using TeeSession session = _context.OpenSession(TestTa.Misbehaving);
        var operation = new Operation();
        TeecResult result = default;
        ScheduledThread caller = ScheduledThread.HeldAt(point, () => result = session.TryInvoke(WaitUntilCancelled, operation, out _));

        operation.RequestCancellation();

        caller.Finish();
        Assert.Equal(TeecResult.Cancel, result);
        _tee.AssertStillServes();
    }

    [InterleavingTheory]
    [MemberData(nameof(Points))]
    public void An_open_is_cancelled_wherever_it_is(string point)
    {
        var operation = new Operation();
        TeecResult result = default;
        ScheduledThread caller = ScheduledThread.HeldAt(
            point, () => result = _context.TryOpenSession(TestTa.Reluctant, TeecLogin.Public, 0, operation, out _, out _));

        operation.RequestCancellation();

        caller.Finish();
        Assert.Equal(TeecResult.Cancel, result);
        _tee.AssertStillServes();
    }

    [InterleavingTheory]
    [MemberData(nameof(Points))]
    public void A_token_cancels_a_command_wherever_it_is(string point)
    {
        using TeeSession session = _context.OpenSession(TestTa.Misbehaving);
        using var source = new CancellationTokenSource();
        Exception? thrown = null;
        ScheduledThread caller = ScheduledThread.HeldAt(
            point, () => thrown = Record.Exception(() => session.Invoke(WaitUntilCancelled, cancellationToken: source.Token)));

        source.Cancel();

        caller.Finish();
        Assert.IsType<OperationCanceledException>(thrown);
    }

    [InterleavingTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_request_that_waits_for_a_conduit_is_cancelled_at_once_by_the_tee(bool opens)
    {
        using TeeSession holding = _context.OpenSession(TestTa.Misbehaving);
        using TeeSession session = _context.OpenSession(TestTa.Misbehaving);
        Operation first = new(), second = new();
        ScheduledThread holder = ScheduledThread.Run(() => holding.TryInvoke(WaitUntilCancelled, first, out _));
        (TeecResult Result, TeecOrigin Origin) outcome = default;
        ScheduledThread waiter = ScheduledThread.Run(() => outcome = opens
            ? (_context.TryOpenSession(TestTa.Reluctant, TeecLogin.Public, 0, second, out _, out TeecOrigin origin), origin)
            : (session.TryInvoke(WaitUntilCancelled, second, out origin), origin));
        Assert.False(waiter.HasEnded);

        second.RequestCancellation();

        waiter.Finish();
        Assert.False(holder.HasEnded);
        Assert.Equal((TeecResult.Cancel, TeecOrigin.Tee), outcome);
        first.RequestCancellation();
        holder.Finish();
        _tee.AssertStillServes();
    }

    [InterleavingFact]
    public void An_open_that_the_ta_has_is_cancelled()
    {
        using SharedMemory arrived = _context.AllocateSharedMemory(1);
        var operation = new Operation(Parameter.Partial(arrived, Direction.Output, 0, 1));
        TeecResult result = default;
        ScheduledThread caller = ScheduledThread.Run(
            () => result = _context.TryOpenSession(TestTa.Reluctant, TeecLogin.Public, 0, operation, out _, out _));
        Assert.True(SpinWait.SpinUntil(() => arrived.Span[0] == 1, TimeSpan.FromSeconds(30)));

        operation.RequestCancellation();

        caller.Finish();
        Assert.Equal(TeecResult.Cancel, result);
    }

    [Fact]
    public void A_wish_that_comes_too_late_does_not_end_the_next_call()
    {
        using TeeSession session = _context.OpenSession(Contracts.HelloWorld.Uuid);
        var operation = new Operation(Parameter.ValueInOut(1));
        session.Invoke(Contracts.HelloWorld.CommandIncrementValue, operation);

        operation.RequestCancellation();
        session.Invoke(Contracts.HelloWorld.CommandIncrementValue, operation);

        Assert.Equal(3u, operation[0].A);
    }

    [Fact]
    public void An_open_of_another_context_is_not_cancelled_by_the_id_that_its_client_chose()
    {
        using TeeContext other = _tee.OpenContext();
        using TeeSession session = _context.OpenSession(Contracts.HelloWorld.Uuid);
        const uint Id = 77;
        var open = new TeeIoctlOpenSessionArg { Uuid = UuidBytes.From(Contracts.HelloWorld.Uuid), CancelId = Id };

        other.Device.Cancel(Id, session: 0);
        _context.Device.OpenSession(ref open, []);

        Assert.Equal(0u, open.Ret);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => _context.Device.Cancel(0, session: 0)).Errno);
    }
}
