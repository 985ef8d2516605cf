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

    private readonly PollingBet _bet = new();

    /// <summary>Waits until it has come, and takes it.</summary>
    internal void Wait<T>(ref T what)
        where T : struct, IAwaited, allows ref struct
    {
        long begin = Stopwatch.GetTimestamp();
        if (Crowding.OfThisProcess.IsNoticed(begin))
        {
            what.Take();
            _bet.Blocked(Stopwatch.GetTimestamp() - begin);
        }
        else if (!_bet.Place())
        {
            what.Take();
            _bet.SatOut(Stopwatch.GetTimestamp() - begin);
        }
        else if (!TryPoll(ref what, begin))
        {
            what.Take();
        }
    }

    private bool TryPoll<T>(ref T what, long begin)
        where T : struct, IAwaited, allows ref struct
    {
        if (!SpinGovernor.TryEnter())
            return false;
        try
        {
            bool won = Poll(ref what, begin, out long end);
            if (won)
                _bet.Won(end - begin);
            else
                _bet.Lost();
            return won;
        }
        finally
        {
            SpinGovernor.Exit();
        }
    }

    /// <param name="what">What is waited for.</param>
    /// <param name="begin">When the wait began.</param>
    /// <param name="now">When it was last asked for: some polls before the end, which is near enough.</param>
    private static bool Poll<T>(ref T what, long begin, out long now)
        where T : struct, IAwaited, allows ref struct
    {
        now = begin;
        long deadline = begin + PollingBet.StakeTicks;
        for (int polls = 0; now < deadline; polls++)
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
