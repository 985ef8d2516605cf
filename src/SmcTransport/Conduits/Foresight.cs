using System.Diagnostics;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// Foresees, for one who waits for answers, when that to a long call comes, so that it can be polled for at its end alone: who calls
/// for the same over and over (a digest of a megabyte, a signature) waits equally long each time. The estimate is that of TCP's
/// retransmissions (RFC 6298, section 2): a running mean, and a running mean of how far waits lie from it. Used by the thread that waits, and by
/// nobody else.
/// </summary>
internal sealed class Foresight
{
    /// <summary>The longest wait that is foreseen: of a longer one, a wake-up is no part that counts.</summary>
    internal static readonly long Longest = Stopwatch.Frequency / 500; // 2 ms

    /// <summary>
    /// How long before the answer the poll should begin: waits that blocked have taught what they took with their wake-up, which a poll is to come before.
    /// </summary>
    internal static readonly long Lead = PollingBet.StakeTicks;

    /// <summary>How much waits may lie apart, and still be foreseen: more, and a poll would have to last longer than what it saves.</summary>
    internal static readonly long MostSpread = PollingBet.StakeTicks / 2;

    private const int MeanWeight = 8, SpreadWeight = 4; // 1/alpha and 1/beta there

    private readonly PollingBet _bet = new();
    private long _mean; // 0 as long as no wait has ended
    private long _spread;

    /// <summary>Whether a poll for what is waited for now would pay at its end, and then from when to when, from the beginning of the wait.</summary>
    internal bool TryForesee(out long from, out long until)
    {
        long margin = Lead + (2 * _spread);
        (from, until) = (Math.Max(_mean - margin, 0), _mean + margin);
        return _mean is not 0 && _mean <= Longest && _spread <= MostSpread && _bet.Place();
    }

    /// <summary>It came while it was polled for.</summary>
    /// <param name="ticks">How long the whole wait was.</param>
    internal void Won(long ticks)
    {
        _bet.Won(ticks);
        Learn(ticks);
    }

    /// <summary>It did not, though it was time.</summary>
    internal void Lost() => _bet.Lost();

    /// <summary>A wait has ended in a block.</summary>
    /// <param name="ticks">How long it was.</param>
    internal void Blocked(long ticks)
    {
        _bet.Blocked(ticks);
        Learn(ticks);
    }

    private void Learn(long ticks)
    {
        if (_mean == 0)
        {
            (_mean, _spread) = (ticks, ticks / 2);
            return;
        }

        // One that is far out (a neighbour on the machine, another command) teaches no more than that it was far out.
        long error = Math.Clamp(ticks - _mean, -_mean, _mean);
        _spread += (Math.Abs(error) - _spread) / SpreadWeight;
        _mean += error / MeanWeight;
    }
}
