using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>Cancellation and time limits of what a TA asks of another one (GPD_SPE_010 sections 4.9 and 4.10).</summary>
public sealed class NestedCancellationTests : IDisposable
{
    private const uint Forever = uint.MaxValue;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly Guid Relay = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0b1");

    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Fact]
    public async Task A_cancellation_travels_on_to_the_ta_that_the_ta_called()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Relay);
        using SharedMemory gate = context.AllocateSharedMemory(4096, Direction.InOut);
        var operation = new Operation(Parameter.ValueInput(1, Forever), Parameter.Partial(gate, Direction.InOut, 0, 3), Parameter.ValueOutput());
        Task call = Task.Run(() => session.Invoke(0, operation));
        Assert.True(SpinWait.SpinUntil(() => gate.Span[0] == 1, Deadline));

        operation.RequestCancellation();

        await call.WaitAsync(Deadline);
        Assert.Equal(((uint)TeecResult.Cancel, (uint)TeecOrigin.TrustedApp), (operation[2].A, operation[2].B));
    }

    [Fact]
    public async Task A_cancellation_that_the_calling_ta_has_masked_stays_with_it()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Relay);
        using SharedMemory gate = context.AllocateSharedMemory(4096, Direction.InOut);
        var operation = new Operation(Parameter.ValueInput(0, Forever), Parameter.Partial(gate, Direction.InOut, 0, 3), Parameter.ValueOutput());
        Task call = Task.Run(() => session.Invoke(0, operation));
        Assert.True(SpinWait.SpinUntil(() => gate.Span[0] == 1, Deadline));

        operation.RequestCancellation();
        gate.Span[1] = 1;

        await call.WaitAsync(Deadline);
        Assert.Equal((0u, (byte)0), (operation[2].A, gate.Span[2]));
    }

    [Fact]
    public async Task The_time_that_a_ta_gives_another_cancels_it()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Relay);
        using SharedMemory gate = context.AllocateSharedMemory(4096, Direction.InOut);
        var operation = new Operation(Parameter.ValueInput(0, 20), Parameter.Partial(gate, Direction.InOut, 0, 3), Parameter.ValueOutput());

        Task call = Task.Run(() => session.Invoke(0, operation));

        await call.WaitAsync(Deadline);
        Assert.Equal(((uint)TeecResult.Cancel, (uint)TeecOrigin.TrustedApp), (operation[2].A, operation[2].B));
    }

    [Fact]
    public async Task What_a_ta_has_in_another_tas_queue_is_cancelled_at_once()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession holder = context.OpenSession(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e010"));
        using TeeSession session = context.OpenSession(Relay);
        using SharedMemory gate = context.AllocateSharedMemory(4096, Direction.InOut);
        using SharedMemory arrived = context.AllocateSharedMemory(4096, Direction.InOut);
        var operation = new Operation(Parameter.Partial(gate, Direction.InOut, 0, 1), Parameter.ValueOutput());
        session.Invoke(5);
        using var enough = new CancellationTokenSource();
        Task hold = holder.InvokeAsync(0, new Operation(Parameter.Partial(arrived, Direction.Output, 0, 1)), enough.Token);
        Assert.True(SpinWait.SpinUntil(() => arrived.Span[0] == 1, Deadline));
        Task call = Task.Run(() => session.Invoke(1, operation));
        Assert.True(SpinWait.SpinUntil(() => gate.Span[0] == 1, Deadline));

        operation.RequestCancellation();

        await call.WaitAsync(Deadline);
        Assert.Equal(((uint)TeecResult.Cancel, (uint)TeecOrigin.Tee, false), (operation[1].A, operation[1].B, hold.IsCompleted));
        await enough.CancelAsync();
        await hold.WaitAsync(Deadline);
    }

    [Theory]
    [InlineData("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a4", TeecOrigin.TrustedApp)] // waits in its open entry point
    [InlineData("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0b3", TeecOrigin.TrustedApp)] // waits while it is created
    [InlineData("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0b4", TeecOrigin.Tee)] // takes longer to create than there is time, and would panic if entered
    public async Task A_time_limit_bounds_the_whole_opening_of_a_session(string target, TeecOrigin origin)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Relay);
        var operation = new Operation(Parameter.TempInput(new Guid(target).ToByteArray()), Parameter.ValueInput(100), Parameter.ValueOutput());

        Task call = Task.Run(() => session.Invoke(2, operation));

        await call.WaitAsync(Deadline);
        Assert.Equal(((uint)TeecResult.Cancel, (uint)origin), (operation[2].A, operation[2].B));
    }

    [Fact]
    public async Task A_time_limit_bounds_the_wait_for_the_turn()
    {
        using TeeContext context = _tee.OpenContext();
        Guid holding = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e010");
        using TeeSession holder = context.OpenSession(holding);
        using TeeSession session = context.OpenSession(Relay);
        using SharedMemory arrived = context.AllocateSharedMemory(4096, Direction.InOut);
        using var enough = new CancellationTokenSource();
        Task hold = holder.InvokeAsync(0, new Operation(Parameter.Partial(arrived, Direction.Output, 0, 1)), enough.Token);
        Assert.True(SpinWait.SpinUntil(() => arrived.Span[0] == 1, Deadline));
        var operation = new Operation(Parameter.TempInput(holding.ToByteArray()), Parameter.ValueInput(50), Parameter.ValueOutput());

        Task call = Task.Run(() => session.Invoke(2, operation));

        await call.WaitAsync(Deadline);
        Assert.Equal(((uint)TeecResult.Cancel, (uint)TeecOrigin.Tee), (operation[2].A, operation[2].B));
        await enough.CancelAsync();
        await hold.WaitAsync(Deadline);
    }
}
