using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>System calls that end with EINTR when their thread is stopped, though no signal was for it (signal(7), x86-64).</summary>
internal static class InterruptedWait
{
    /// <summary>-ERESTARTNOHAND (linux/errno.h): the kernel makes the call again, or ends it with EINTR if a handler runs first.</summary>
    internal const ulong RestartUnlessHandled = unchecked((ulong)-514);

    /// <summary>
    /// Whether a thread's call is one of them, and has no time limit. One with a limit would wait all of it anew, and for ever if it is stopped often enough:
    /// its program has to cope with EINTR.
    /// </summary>
    internal static bool IsEndless(in Libc.Registers call) => call.OriginalRax switch
    {
        232 or 281 => unchecked((int)call.R10) < 0, // epoll_wait, epoll_pwait: milliseconds
        441 or 220 => call.R10 == 0, // epoll_pwait2, semtimedop: a struct timespec
        128 => call.Rdx == 0, // rt_sigtimedwait
        208 => call.R8 == 0, // io_getevents
        65 => true, // semop
        _ => false,
    };
}
