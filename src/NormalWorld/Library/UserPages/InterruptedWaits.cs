using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.UserPages;

/// <summary>System calls that Linux ends with EINTR when their thread was stopped, and never makes again by itself (signal(7)).</summary>
internal static class InterruptedWaits
{
    /// <summary>-ERESTARTNOHAND (linux/errno.h): the kernel makes the call again, or ends it with EINTR where a handler runs.</summary>
    private const ulong RestartWithoutHandler = unchecked((ulong)-514);
    private const ulong Interrupted = unchecked((ulong)-Libc.Eintr);

    // asm/unistd_64.h
    private const ulong SemOp = 65, RtSigTimedWait = 128, IoGetEvents = 208, SemTimedOp = 220, EpollWait = 232, EpollPWait = 281, EpollPWait2 = 441;

    /// <summary>Has the kernel make one that has ended so again, if it has no time limit: one that has would begin to count anew, so it ends, as after SIGCONT.</summary>
    internal static bool TryMakeAgain(ref Libc.Registers registers)
    {
        if (registers.Rax != Interrupted || !HasNoEnd(registers))
            return false;
        registers.Rax = RestartWithoutHandler;
        return true;
    }

    private static bool HasNoEnd(in Libc.Registers registers) => registers.OriginalRax switch
    {
        SemOp => true,
        RtSigTimedWait => registers.Rdx == 0,
        IoGetEvents => registers.R8 == 0,
        SemTimedOp or EpollPWait2 => registers.R10 == 0,
        EpollWait or EpollPWait => unchecked((int)registers.R10) < 0,
        _ => false,
    };
}
