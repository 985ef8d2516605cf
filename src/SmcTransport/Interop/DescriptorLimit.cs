using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>How many descriptors this process may have, and has: RLIMIT_NOFILE (getrlimit(2)).</summary>
internal static class DescriptorLimit
{
    /// <summary>Raises the limit to what an ordinary process may raise it to, and says what it is then.</summary>
    internal static int Raise()
    {
        if (Libc.GetRLimit(Libc.RLimitNoFile, out Libc.RLimit limit) < 0)
            throw Libc.Failed("getrlimit(RLIMIT_NOFILE)");
        if (limit.Current < limit.Maximum && Libc.SetRLimit(Libc.RLimitNoFile, new Libc.RLimit { Current = limit.Maximum, Maximum = limit.Maximum }) == 0)
            limit.Current = limit.Maximum;
        return (int)Math.Min(limit.Current, int.MaxValue);
    }

    /// <summary>How many are open at the moment.</summary>
    internal static int CountOpen() => Directory.GetFileSystemEntries("/proc/self/fd").Length - 1; // less that of the listing
}
