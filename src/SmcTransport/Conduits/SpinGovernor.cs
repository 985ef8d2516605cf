namespace RestrictedTee.SmcTransport.Conduits;

/// <summary>
/// Decides who may poll before blocking. Polling answers in about a microsecond where a wake-up costs tens, but a
/// poller holds a core: so at most half of the cores are polled on by one world, which leaves the other world,
/// polling by the same rule, the other half.
/// </summary>
internal static class SpinGovernor
{
    /// <summary>Set to "off", every wait blocks at once; for measuring what polling brings, and for machines where it may cost nothing.</summary>
    internal const string Variable = "RTEE_POLLING";

    private static readonly int Limit = Environment.GetEnvironmentVariable(Variable) == "off" ? 0 : Environment.ProcessorCount / 2;
    private static int s_spinners;

    /// <summary>Whether anybody ever may, on this machine.</summary>
    internal static bool MayPoll => Limit > 0;

    internal static bool TryEnter()
    {
        if (Interlocked.Increment(ref s_spinners) <= Limit)
            return true;
        Interlocked.Decrement(ref s_spinners);
        return false;
    }

    internal static void Exit() => Interlocked.Decrement(ref s_spinners);
}
