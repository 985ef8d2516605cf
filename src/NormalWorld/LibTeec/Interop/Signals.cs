using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RestrictedTee.LibTeec.Interop;

/// <summary>
/// Which threads the program's signals may come to. What the program sends itself (a timer, Ctrl+C, SIGTERM to a signalfd) goes to any
/// thread that does not block it, and threads of the runtime, of which the program knows nothing, would be among them.
/// </summary>
internal static partial class Signals
{
    private const int SetMask = 2; // SIG_SETMASK, the same on x86-64 and arm64
    private const int Ill = 4, Trap = 5, Abort = 6, Bus = 7, FloatingPoint = 8, Segment = 11;
    private const int RuntimeSuspends = 34; // SIGRTMIN of glibc, by which the runtime interrupts its threads

    /// <summary>Blocks on this thread what is the program's, and leaves what a thread does to itself.</summary>
    /// <returns>What was blocked before.</returns>
    internal static SignalSet BlockThoseOfTheProgram()
    {
        SignalSet blocked = default;
        ((Span<ulong>)blocked).Fill(ulong.MaxValue);
        foreach (int own in (ReadOnlySpan<int>)[Ill, Trap, Abort, Bus, FloatingPoint, Segment, RuntimeSuspends])
            blocked[0] &= ~(1UL << (own - 1));
        _ = ThreadMask(SetMask, blocked, out SignalSet before); // fails for no valid argument
        return before;
    }

    internal static void Restore(SignalSet mask) => _ = ThreadMask(SetMask, mask, out _);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int ThreadMask(int how, in SignalSet set, out SignalSet before);

    /// <summary>sigset_t of glibc and musl: 1024 bits.</summary>
    [InlineArray(1024 / 64)]
    internal struct SignalSet
    {
        private ulong _first;
    }
}
