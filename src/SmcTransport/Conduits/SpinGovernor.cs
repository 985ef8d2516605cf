namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// Decides who may poll before blocking. Polling answers in about a microsecond where a wake-up costs tens, but a
/// poller holds a core: so at most half of the cores are polled on by one world, which leaves the other world,
/// polling by the same rule, the other half.
/// </summary>
internal static class SpinGovernor
{
    /// <summary>How long a permitted poller polls before it blocks.</summary>
    /// <remarks>A little above one wake-up: polling longer than a wake-up costs cannot pay for itself twice.</remarks>
    internal static readonly long BudgetTicks = System.Diagnostics.Stopwatch.Frequency / 20_000; // 50 µs

    private static readonly int Limit = Environment.ProcessorCount / 2;
    private static int s_spinners;

    internal static bool TryEnter()
    {
        if (Interlocked.Increment(ref s_spinners) <= Limit)
            return true;
        Interlocked.Decrement(ref s_spinners);
        return false;
    }

    internal static void Exit() => Interlocked.Decrement(ref s_spinners);
}
