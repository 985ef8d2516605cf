using System.Diagnostics;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// Remembers, for the whole process, that others want the cores on which it polls. A thread that polls uses up the share that
/// would let it run at once when it is needed, so on a busy machine to block, and be woken with precedence, is better for
/// everybody, the poller included. The sign is time: a poller that is without its core now and then loses little, on a machine
/// that has other work it loses a scheduler's slice at once. Whether the machine still is busy only a poll can tell: one is
/// tried after a pause, which doubles while the answer stays the same.
/// </summary>
internal sealed class Crowding
{
    /// <summary>How long nobody polls after the first sign.</summary>
    internal static readonly long ShortestPause = Stopwatch.Frequency / 100; // 10 ms

    /// <summary>How long at most: a probe costs a slice (about 3 ms), which must not be seen among the calls of the pause.</summary>
    internal static readonly long LongestPause = 2 * Stopwatch.Frequency;

    /// <summary>More than this at once, or slowly more than <see cref="Allowance"/>, and the machine is busy.</summary>
    internal static readonly long MostLost = Stopwatch.Frequency / 2000; // 500 µs

    /// <summary>One part in so many of the time may be lost for ever: interrupts, the compiler's thread, a neighbour on the host.</summary>
    internal const int Allowance = 20;

    /// <summary>A busy machine shows within this time after a pause, or half of the pause if that is longer; what shows later is another matter.</summary>
    internal static readonly long Probation = Stopwatch.Frequency / 20; // 50 ms

    private readonly object _lock = new(); // protects the four below against other pollers; a leaf
    private long _until;
    private long _pause;
    private long _lost;
    private long _lastLoss;

    /// <summary>That of this process.</summary>
    internal static Crowding OfThisProcess { get; } = new();

    /// <summary>Whether nobody should poll now.</summary>
    /// <param name="now">A time stamp of <see cref="Stopwatch"/>.</param>
    internal bool IsNoticed(long now) => now < Volatile.Read(ref _until);

    /// <summary>A poller found itself without its core for longer than a poll lasts.</summary>
    /// <param name="now">When it came back.</param>
    /// <param name="lost">How long it had been gone.</param>
    internal void Notice(long now, long lost)
    {
        lock (_lock)
        {
            if (now < _until)
                return;
            _lost = Math.Max(_lost - ((now - _lastLoss) / Allowance), 0) + lost;
            _lastLoss = now;
            if (_lost < MostLost)
                return;
            _lost = 0;
            _pause = now - _until < Math.Max(Probation, _pause / 2) ? Math.Min(2 * _pause, LongestPause) : ShortestPause;
            Volatile.Write(ref _until, now + _pause);
        }
    }
}
