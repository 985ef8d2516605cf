using System.Diagnostics;

namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// Remembers, for the whole process, that others want the cores on which it polls. A thread that polls uses up the share that
/// would let it run at once when it is needed, so on a busy machine to block, and be woken with precedence, is better for
/// everybody, the poller included. Whether the machine still is busy only a poll can tell: one is tried after a pause, which
/// doubles while the answer stays the same.
/// </summary>
internal sealed class Crowding
{
    /// <summary>How long nobody polls after the first sign.</summary>
    internal static readonly long ShortestPause = Stopwatch.Frequency / 100; // 10 ms

    /// <summary>How long at most: a probe costs a scheduler's slice (3 ms), which must not be seen among the calls of the pause.</summary>
    internal static readonly long LongestPause = 2 * Stopwatch.Frequency;

    private long _until;
    private long _pause;

    /// <summary>That of this process.</summary>
    internal static Crowding OfThisProcess { get; } = new();

    /// <summary>Whether nobody should poll now.</summary>
    /// <param name="now">A time stamp of <see cref="Stopwatch"/>.</param>
    internal bool IsNoticed(long now) => now < Volatile.Read(ref _until);

    /// <summary>A poller found itself without its core for longer than a poll lasts.</summary>
    /// <remarks>Two may notice at once; that both count does no harm.</remarks>
    internal void Notice(long now)
    {
        long until = Volatile.Read(ref _until), pause = Volatile.Read(ref _pause);
        if (now < until)
            return;
        pause = now - until < pause ? Math.Min(2 * pause, LongestPause) : ShortestPause;
        Volatile.Write(ref _pause, pause);
        Volatile.Write(ref _until, now + pause);
    }
}
