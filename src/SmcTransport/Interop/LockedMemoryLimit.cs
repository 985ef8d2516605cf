namespace RestrictedTee.SmcTransport.Interop;

/// <summary>How much memory this process may lock, which is what memfd_secret counts as: RLIMIT_MEMLOCK (getrlimit(2)).</summary>
internal static class LockedMemoryLimit
{
    /// <summary>What to do so that secure memory is locked, in words: few, because what the launcher is told at start is short.</summary>
    /// <param name="refused">Bytes that could not be, be they the last of several requests.</param>
    internal static string Advice(ulong refused)
    {
        if (Libc.GetRLimit(Libc.RLimitMemlock, out Libc.RLimit limit) < 0 || limit.Current == ulong.MaxValue)
            return $"there is no limit of locked memory, so the kernel is short of {refused >> 10} KiB, or a cgroup is";
        string enough = limit.Current < refused ? $"{(refused + (1UL << 20)) >> 10}" : "unlimited"; // the runtime locks a little itself
        return $"the limit of locked memory is {limit.Current >> 10} KiB; raise it ('ulimit -l {enough}', LimitMEMLOCK= in a service)";
    }
}
