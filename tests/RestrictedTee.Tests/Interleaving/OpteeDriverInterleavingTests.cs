using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Calls on their way when another comes, and when the secure world goes.</summary>
public sealed class OpteeDriverInterleavingTests : IDisposable
{
    private readonly RamBank _bank = RamBank.Create(PhysicalRange.Create(new PhysicalAddress(0x4000_0000), 16 * PhysicalAddress.PageSize), "interleaving");
    private readonly Conduit _fast = new("fast");
    private readonly SupplicantQueue _supplicant = new();
    private int _gone;

    public void Dispose() => _bank.Dispose();

    [InterleavingTheory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void One_fast_call_is_under_way_at_a_time(bool firstIsMessage, bool secondIsMessage)
    {
        OpteeDriver driver = Create();

        Scheduler.AssertExcludes("fast", () => CallFast(driver, firstIsMessage), () => CallFast(driver, secondIsMessage));
    }

    [InterleavingFact]
    public void A_caller_who_waits_for_a_conduit_while_the_secure_world_goes_sends_nothing()
    {
        var conduit = new Conduit("conduit");
        OpteeDriver driver = Create(conduit);
        bool first = true, second = true;
        ScheduledThread caller = ScheduledThread.HeldAt("conduit", () => first = Call(driver));
        ScheduledThread waiter = ScheduledThread.Run(() => second = Call(driver));

        conduit.IsOpen = false;
        caller.Finish();
        waiter.Finish();

        Assert.False(first);
        Assert.False(second);
        Assert.Equal(1, conduit.Sent);
        Assert.True(driver.IsGone);
        Assert.False(CallFast(driver, isMessage: true));
        Assert.Equal((1, 0), (_gone, _fast.Sent));
    }

    [InterleavingFact]
    public void A_caller_who_waits_for_a_conduit_is_let_go_when_the_secure_world_has_gone_whoever_keeps_the_conduit()
    {
        OpteeDriver driver = Create(new Conduit("conduit"));
        bool second = true;
        ScheduledThread keeper = ScheduledThread.HeldAt("conduit", () => Call(driver));
        ScheduledThread waiter = ScheduledThread.Run(() => second = Call(driver));
        Assert.False(waiter.HasEnded);

        _fast.IsOpen = false;
        Assert.Throws<TeeDriverException>(() => CallFast(driver, isMessage: false));

        waiter.Finish();
        Assert.False(second);
        Assert.False(keeper.HasEnded);
        keeper.Finish();
        driver.Dispose();
        Assert.True(driver.IsDrained);
    }

    [InterleavingFact]
    public void That_the_secure_world_has_gone_is_said_once_by_two_calls_that_fail_at_once()
    {
        Conduit one = new("one") { IsOpen = false }, two = new("two") { IsOpen = false };
        OpteeDriver driver = Create(one, two);
        ScheduledThread first = ScheduledThread.HeldAt("two", () => Call(driver)); // the pool gives out the last one first
        ScheduledThread second = ScheduledThread.HeldAt("OpteeDriver.SetGone", () => Call(driver));

        first.Finish();
        second.Finish();

        Assert.Equal(1, _gone);
        Assert.Equal((1, 1), (one.Sent, two.Sent));
    }

    [InterleavingFact]
    public void A_call_that_fails_wakes_the_supplicant()
    {
        OpteeDriver driver = Create(new Conduit("conduit") { IsOpen = false });
        SupplicantQueue.Attachment attachment = _supplicant.TryAttach()!;
        Exception? thrown = null;
        ScheduledThread supplicant = ScheduledThread.Run(() => thrown = Record.Exception(() => attachment.Receive()));
        Assert.False(supplicant.HasEnded);

        Assert.False(Call(driver));

        supplicant.Finish();
        Assert.Equal(Errno.ENODEV, Assert.IsType<TeeDriverException>(thrown).Errno);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void That_the_secure_world_has_gone_is_said_when_a_frame_fails_and_when_the_driver_ends_and_only_once(bool frameFails)
    {
        OpteeDriver driver = Create(new Conduit("conduit"));
        if (frameFails)
        {
            _fast.IsOpen = false;
            Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => CallFast(driver, isMessage: false)).Errno);
            Assert.Equal(1, _gone);
        }

        driver.Dispose();
        driver.Dispose();

        Assert.True(driver.IsGone && driver.IsDrained);
        Assert.Equal(1, _gone);
    }

    private static bool Call(OpteeDriver driver)
    {
        OpteeMessage message = default;
        return driver.TryCall(ref message);
    }

    private static bool CallFast(OpteeDriver driver, bool isMessage)
    {
        OpteeMessage message = default;
        SmcFrame frame = default;
        if (isMessage)
            return driver.TryCallFast(ref message);
        driver.FastCall(ref frame);
        return true;
    }

    private OpteeDriver Create(params Conduit[] conduits)
    {
        var driver = new OpteeDriver(new DriverWiring(ConduitAbi.Smc, conduits, _fast, NotificationLine: null), _bank, _bank.Range, null!, _supplicant, (_, _, _) => new Abi());
        driver.Gone += () => Interlocked.Increment(ref _gone);
        return driver;
    }

    /// <summary>Echoes frames while it is open; a thread can be held before each is sent.</summary>
    private sealed class Conduit(string point) : IConduit
    {
        private int _sent;

        internal bool IsOpen { get; set; } = true;

        internal int Sent => _sent;

        public bool TrySend(in SmcFrame frame)
        {
            Interlocked.Increment(ref _sent);
            InterleavingPoint.Reach(point);
            return IsOpen;
        }

        public bool TryReceive(ref SmcFrame frame) => IsOpen;

        public void Dispose() => IsOpen = false;
    }

    /// <summary>Takes whatever comes back for the end of the call.</summary>
    private sealed class Abi : IOpteeAbi
    {
        public string Name => "test";

        public ulong ReservedBytes => 0;

        public bool CanLend => false;

        public void Probe()
        {
            // It is what it is.
        }

        public void EnableNotifications() => throw new NotSupportedException();

        public void TakeNotifications() => throw new NotSupportedException();

        public void Begin(ref SmcFrame frame, CallSlot slot) => frame = default;

        public CallStep Continue(ref SmcFrame frame, Span<byte> rpcArgument) => CallStep.Done;

        public ulong RegisterShm(params ReadOnlySpan<PhysicalRange> ranges) => throw new NotSupportedException();

        public void UnregisterShm(ulong cookie) => throw new NotSupportedException();

        public OpteeMsgParam NullMemref(ulong type) => throw new NotSupportedException();

        public OpteeMsgParam AnswerLoan(PhysicalRange memory, ulong size, out NormalWorld.Shm.ShmBlock? pageList) => throw new NotSupportedException();

        public OpteeMsgParam AnswerAllocation(ulong size, out NormalWorld.Shm.ShmBlock block) => throw new NotSupportedException();

        public void RetireAllocation(ulong cookie) => throw new NotSupportedException();

        public ulong Lend(UseCase useCase, PhysicalRange range, ReadOnlySpan<uint> attributes) => throw new NotSupportedException();

        public void Reclaim(ulong name) => throw new NotSupportedException();
    }
}
