using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>An instance ends once, after its last call, and nothing of it stays behind.</summary>
public sealed class EndedInstanceTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Fact]
    public void A_cancellation_of_all_that_a_session_does_does_not_cancel_its_closing()
    {
        using TeeContext context = _tee.OpenContext();
        TeeSession session = context.OpenSession(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a1"));
        using SharedMemory gate = context.AllocateSharedMemory(4096, Direction.InOut);
        uint id = session.Id;
        var call = new Thread(() => session.TryInvoke(0, new Operation(Parameter.Partial(gate, Direction.InOut, 0, 3)), out _));
        call.Start();
        Assert.True(SpinWait.SpinUntil(() => gate.Span[0] == 1, Deadline));
        var close = new Thread(session.Dispose);
        close.Start();
        Assert.True(SpinWait.SpinUntil(() => close.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Deadline));

        for (int i = 0; i < 100 && !close.Join(2); i++)
            CancelAll(id);
        bool closedMeanwhile = close.Join(0);
        gate.Span[1] = 1;

        Assert.True(call.Join(Deadline));
        Assert.True(close.Join(Deadline));
        Assert.Equal((false, (byte)0), (closedMeanwhile, gate.Span[2]));
    }

    [Fact]
    public void What_an_instance_without_a_session_had_comes_back_when_it_dies_of_itself()
    {
        var keeping = new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a2");
        using TeeContext context = _tee.OpenContext();
        for (int round = 0; round < 30; round++)
        {
            var blocks = new Operation(Parameter.ValueOutput());
            using (TeeSession session = context.OpenSession(keeping))
                session.Invoke(0, blocks);
            Assert.True(blocks[0].A > 0, $"No secure memory is left in round {round}.");

            _tee.Os.Kill(keeping, "died in a test");
        }
    }

    [Fact]
    public async Task Invariant_9_nobody_waits_for_what_a_dead_instance_has_left_open_and_it_is_closed_when_it_can_be()
    {
        Guid keeping = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a2"), holding = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e010");
        using TeeContext context = _tee.OpenContext();
        using TeeSession holder = context.OpenSession(holding);
        using (TeeSession session = context.OpenSession(keeping))
            session.Invoke(1);
        using SharedMemory arrived = context.AllocateSharedMemory(4096, Direction.InOut);
        using var enough = new CancellationTokenSource();
        Task hold = holder.InvokeAsync(0, new Operation(Parameter.Partial(arrived, Direction.Output, 0, 1)), enough.Token);
        Assert.True(SpinWait.SpinUntil(() => arrived.Span[0] == 1, Deadline));
        _tee.Os.Kill(keeping, "died in a test");

        await Task.Run(_tee.AssertStillServes).WaitAsync(Deadline);
        Assert.False(hold.IsCompleted);
        await enough.CancelAsync();
        await hold.WaitAsync(Deadline);
        _tee.AssertStillServes();

        var closed = new Operation(Parameter.ValueOutput());
        holder.Invoke(3, closed);
        Assert.Equal(1u, closed[0].A);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_instance_that_is_kept_when_crashed_keeps_no_memory(bool diesWithASession)
    {
        var kept = new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a5");
        using TeeContext context = _tee.OpenContext();
        TeeSession session = context.OpenSession(kept);
        var blocks = new Operation(Parameter.ValueOutput());
        session.Invoke(0, blocks);
        Assert.True(blocks[0].A > 0);
        if (diesWithASession)
            _tee.Os.Kill(kept, "died in a test");
        session.Dispose();
        if (!diesWithASession)
            _tee.Os.Kill(kept, "died in a test");

        using TeeSession other = context.OpenSession(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a2"));
        other.Invoke(0, blocks);

        Assert.True(blocks[0].A > 0, "The dead instance still has the secure memory.");
    }

    [Fact]
    public void Invariant_9_a_ta_that_interrupts_its_thread_leaves_the_thread_to_others()
    {
        using TeeContext context = _tee.OpenContext();
        for (int round = 0; round < 8; round++)
        {
            using TeeSession session = context.OpenSession(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a3"));
            Assert.Equal(TeecResult.Success, session.TryInvoke(0, null, out _));
        }

        _tee.AssertStillServes();
    }

    [Fact]
    public void A_session_that_is_being_opened_is_given_up_when_its_client_has_died()
    {
        var device = new TeeDevice(_tee.Host, ClientIdentity.Self);
        using var context = new TeeContext(device);
        int thread = 0;
        TeecResult result = default;
        var open = new Thread(() =>
        {
            Volatile.Write(ref thread, Environment.CurrentManagedThreadId);
            result = context.TryOpenSession(new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0a4"), TeecLogin.Public, 0, null, out _, out _);
        });
        open.Start();

        // The wish may overtake the call, so it is repeated, as the server repeats it.
        for (int i = 0; i < 500 && !open.Join(10); i++)
            device.CancelCallOf(Volatile.Read(ref thread));

        Assert.True(open.Join(0), "The open is not cancelled.");
        Assert.Equal(TeecResult.Cancel, result);
    }

    private void CancelAll(uint session)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.Cancel;
        message.Arg.Session = session;
        _tee.Message(ref message);
    }
}
