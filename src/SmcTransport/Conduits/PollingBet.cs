using System.Diagnostics;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// Learns, for one end of one conduit, whether polling before blocking pays: each poll is a bet that what is waited for comes
/// sooner than a wake-up costs. Who loses sits out the next waits, twice as many after each loss, until a wait turns out to
/// have been so short that a poll would have won it. A poll that wins, but later than blocked waits end, is lost as well: its
/// core was wanted by whom it waited for. Used by the thread that waits, and by nobody else.
/// </summary>
internal sealed class PollingBet
{
    /// <summary>How long a poll lasts: a little above one wake-up, since polling longer cannot pay for itself twice.</summary>
    internal static readonly long StakeTicks = Stopwatch.Frequency / 20_000; // 50 µs

    /// <summary>The most waits that are sat out: enough to make the losses cheap, few enough to try again soon.</summary>
    internal const int LongestSitOut = 63;

    /// <summary>What one more wait counts in the averages.</summary>
    private const int Weight = 8;

    private int _sitOut;
    private int _left;
    private long _polled; // averages of waits that ended while polled for, and of those that blocked; 0 as long as there was none
    private long _blocked;

    /// <summary>Whether the wait that begins now should begin with a poll.</summary>
    internal bool Place()
    {
        if (_left == 0)
            return true;
        _left--;
        return false;
    }

    /// <summary>What was waited for came while it was polled for.</summary>
    /// <param name="ticks">How long that took.</param>
    internal void Won(long ticks)
    {
        _polled = Averaged(_polled, ticks);
        if (IsSlow)
            Lost();
        else
            _sitOut = 0;
    }

    /// <summary>It did not.</summary>
    internal void Lost() => _left = _sitOut = Math.Min((2 * _sitOut) + 1, LongestSitOut);

    /// <summary>A wait that was sat out has ended.</summary>
    /// <param name="ticks">How long it was.</param>
    internal void SatOut(long ticks)
    {
        Blocked(ticks);
        if (ticks < StakeTicks && !IsSlow)
            _left = _sitOut = 0;
    }

    /// <summary>A wait has ended in which nobody might poll.</summary>
    /// <param name="ticks">How long it was.</param>
    internal void Blocked(long ticks) => _blocked = Averaged(_blocked, ticks);

    private bool IsSlow => _blocked != 0 && _polled > _blocked;

    private static long Averaged(long average, long ticks) => average == 0 ? ticks : average + ((ticks - average) / Weight);
}
