namespace RestrictedTee.SmcTransport.Interop;

/// <summary>How much memory this process may lock, which is what memfd_secret counts as: RLIMIT_MEMLOCK (getrlimit(2)).</summary>
internal static class LockedMemoryLimit
{
    /// <summary>What to do so that a board's memory is locked, in words.</summary>
    /// <param name="wanted">Bytes that the board has locked.</param>
    internal static string Advice(ulong wanted)
    {
        ulong kilobytes = (wanted + (1UL << 20)) / 1024; // the runtime locks a little itself
        return Libc.GetRLimit(Libc.RLimitMemlock, out Libc.RLimit limit) == 0 && limit.Current < wanted
            ? $"the board has {wanted >> 10} KiB of secure memory and the limit of locked memory is {limit.Current >> 10} KiB: raise it ('ulimit -l {kilobytes}', as root if the hard limit is lower too; LimitMEMLOCK={kilobytes}K in a service), or take a smaller board"
            : $"the kernel has refused to lock the board's {wanted >> 10} KiB of secure memory: it may be short of it, or of a cgroup's";
    }
}
