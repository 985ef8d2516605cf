using System.Diagnostics;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// Learns, for one end of one conduit, whether polling before blocking pays: each poll is a bet that what is waited for comes
/// sooner than a wake-up costs. Who loses sits out the next waits, twice as many after each loss, until a wait turns out to
/// have been so short that a poll would have won it. Used by the thread that waits, and by nobody else.
/// </summary>
internal sealed class PollingBet
{
    /// <summary>How long a poll lasts: a little above one wake-up, since polling longer cannot pay for itself twice.</summary>
    internal static readonly long StakeTicks = Stopwatch.Frequency / 20_000; // 50 µs

    /// <summary>The most waits that are sat out: enough to make the losses cheap, few enough to try again soon.</summary>
    internal const int LongestSitOut = 63;

    private int _sitOut;
    private int _left;

    /// <summary>Whether the wait that begins now should begin with a poll.</summary>
    internal bool Place()
    {
        if (_left == 0)
            return true;
        _left--;
        return false;
    }

    /// <summary>What was waited for came while it was polled for.</summary>
    internal void Won() => _sitOut = 0;

    /// <summary>It did not.</summary>
    internal void Lost() => _left = _sitOut = Math.Min((2 * _sitOut) + 1, LongestSitOut);

    /// <summary>A wait without a poll has ended.</summary>
    /// <param name="ticks">How long it was.</param>
    internal void SatOut(long ticks)
    {
        if (ticks < StakeTicks)
            _left = _sitOut = 0;
    }
}
