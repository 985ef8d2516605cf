namespace RestrictedTee.NormalWorld.Interop;

/// <summary>
/// Tells which process this is, for what a child of fork has a copy of and must not use. A call of getpid each time would cost as much as
/// the rest of a request's preparation; instead there is a page that the kernel zeroes in a child (MADV_WIPEONFORK, Linux 4.14).
/// </summary>
internal static unsafe class ForkMark
{
    private static readonly int* Page = MakePage();

    /// <summary>This process; another number after a fork.</summary>
    internal static int Process
    {
        get
        {
            int known = Volatile.Read(ref *Page);
            if (known != 0)
                return known;
            int own = Libc.GetPid(); // Environment.ProcessId is a copy, too
            Volatile.Write(ref *Page, own);
            return own;
        }
    }

    private static int* MakePage()
    {
        nuint size = (nuint)Environment.SystemPageSize;
        nint page = Libc.MmapAnonymous(0, size, Libc.ProtRead | Libc.ProtWrite, Libc.MapPrivate | Libc.MapAnonymous, -1, 0);
        if (page == Libc.MapFailed || Libc.Madvise(page, size, Libc.WipeOnFork) != 0)
            throw new IOException("There is no page that fork wipes (madvise(2), MADV_WIPEONFORK).");
        return (int*)page;
    }
}
