using System.Diagnostics;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>Something that can be asked for without waiting, and be waited for.</summary>
internal interface IAwaited
{
    /// <summary>Whether it has come; then it has been taken.</summary>
    bool TryTake();

    /// <summary>Blocks until it has come, and takes it.</summary>
    void Take();
}

/// <summary>What answers something that was asked for, so that it may be foreseen when it comes.</summary>
internal interface IAnswer : IAwaited
{
    /// <summary>Blocks until it has come, or for so many ticks of <see cref="Stopwatch"/>; it is not taken.</summary>
    void Nap(long ticks);
}

/// <summary>
/// How one thread waits for one peer: it polls briefly where that pays, and then blocks. Polling answers in about a microsecond
/// where a wake-up costs tens; but it is a bet, on this peer (<see cref="PollingBet"/>) and on this machine
/// (<see cref="Crowding"/>), and a call is never much dearer for it than if nobody polled.
/// </summary>
internal sealed class AdaptiveWait
{
    // The kernel likes to wake a reader on the core of the writer, who then polls in its way: so a poller that does not hear
    // within the time of a short call lets others run.
    private const int PollsBeforeYield = 16;

    // A sleep ends up to so much after its time (prctl(2), PR_SET_TIMERSLACK), and is not worth its system call below that.
    private static readonly long TimerSlack = PollingBet.StakeTicks;
    private static readonly long ShortestNap = PollingBet.StakeTicks / 2;

    private readonly PollingBet _bet = new();
    private readonly Foresight _foresight = new();

    /// <summary>Waits until it has come, and takes it.</summary>
    internal void Wait<T>(ref T what)
        where T : struct, IAwaited, allows ref struct
    {
        long begin = Stopwatch.GetTimestamp();
        if (Begin(ref what, begin) is not Course.Taken and var course)
            Block(ref what, begin, course);
    }

    /// <summary>Waits until an answer has come, and takes it. That to a long call is polled for when it is due.</summary>
    internal void WaitForAnswer<T>(ref T what)
        where T : struct, IAnswer, allows ref struct
    {
        long begin = Stopwatch.GetTimestamp();
        Course course = Begin(ref what, begin);
        if (course == Course.Taken || (course != Course.Crowded && TryPollAtItsEnd(ref what, begin)))
            return;
        Block(ref what, begin, course);
        _foresight.Blocked(Stopwatch.GetTimestamp() - begin);
    }

    /// <summary>How a wait has begun.</summary>
    private enum Course
    {
        /// <summary>With a poll that took what was waited for.</summary>
        Taken,

        /// <summary>With a poll that did not.</summary>
        Polled,

        /// <summary>Without one, since those before had been lost.</summary>
        SatOut,

        /// <summary>Without one, since others want the cores.</summary>
        Crowded,
    }

    private Course Begin<T>(ref T what, long begin)
        where T : struct, IAwaited, allows ref struct
    {
        if (Crowding.OfThisProcess.IsNoticed(begin))
            return Course.Crowded;
        if (!_bet.Place())
            return Course.SatOut;
        if (!SpinGovernor.TryEnter())
            return Course.Polled;
        try
        {
            if (Poll(ref what, begin, begin + PollingBet.StakeTicks, out long end))
            {
                _bet.Won(end - begin);
                return Course.Taken;
            }

            _bet.Lost();
            return Course.Polled;
        }
        finally
        {
            SpinGovernor.Exit();
        }
    }

    private bool TryPollAtItsEnd<T>(ref T what, long begin)
        where T : struct, IAnswer, allows ref struct
    {
        if (!SpinGovernor.MayPoll || !_foresight.TryForesee(out long from, out long until))
            return false;
        long now = Stopwatch.GetTimestamp(), nap = begin + from - TimerSlack - now;
        if (nap > ShortestNap)
        {
            what.Nap(nap);
            now = Stopwatch.GetTimestamp();
        }

        if (!SpinGovernor.TryEnter())
            return false;
        try
        {
            if (!Poll(ref what, now, begin + until, out long end))
            {
                _foresight.Lost();
                return false;
            }

            _foresight.Won(end - begin);
            return true;
        }
        finally
        {
            SpinGovernor.Exit();
        }
    }

    private void Block<T>(ref T what, long begin, Course course)
        where T : struct, IAwaited, allows ref struct
    {
        what.Take();
        long ticks = Stopwatch.GetTimestamp() - begin;
        if (course == Course.Crowded)
            _bet.Blocked(ticks);
        else if (course == Course.SatOut)
            _bet.SatOut(ticks);
    }

    /// <param name="what">What is waited for.</param>
    /// <param name="now">When this begins.</param>
    /// <param name="deadline">When it ends, if that has not come.</param>
    /// <param name="end">When it was last asked for: some polls before the end, which is near enough.</param>
    private static bool Poll<T>(ref T what, long now, long deadline, out long end)
        where T : struct, IAwaited, allows ref struct
    {
        for (int polls = 0; (end = now) < deadline; polls++)
        {
            if (what.TryTake())
                return true;
            if (polls >= PollsBeforeYield)
                Thread.Yield();
            long before = now;
            now = Stopwatch.GetTimestamp();
            if (now - before > PollingBet.StakeTicks)
                Crowding.OfThisProcess.Notice(now, now - before);
        }

        return false;
    }
}
