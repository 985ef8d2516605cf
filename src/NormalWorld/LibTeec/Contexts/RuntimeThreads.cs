using RestrictedTee.LibTeec.Interop;

namespace RestrictedTee.LibTeec.Contexts;

/// <summary>The threads that the runtime has of its own in the program's process: the finalizer's, and that of timers with those that it starts.</summary>
internal static class RuntimeThreads
{
    private static int s_done;

    /// <summary>Keeps the program's signals away from them. A thread has the mask of the one that starts it.</summary>
    internal static void KeepSignalsAway()
    {
        if (Interlocked.Exchange(ref s_done, 1) != 0)
            return;
        Signals.SignalSet before = Signals.BlockThoseOfTheProgram();
        try
        {
            // Never due: the thread of timers starts, and those on which they would run do not.
            using var first = new Timer(static _ => { }, state: null, dueTime: int.MaxValue, Timeout.Infinite);
        }
        finally
        {
            Signals.Restore(before);
        }

        MakeMessenger();
        GC.Collect(0);
    }

    /// <summary>Apart, so that nothing refers to it afterwards.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void MakeMessenger() => _ = new Messenger();

    /// <summary>The finalizer's thread runs since before the first line of this library, so it is asked by way of a finalizer.</summary>
    private sealed class Messenger
    {
        ~Messenger() => Signals.BlockThoseOfTheProgram();
    }
}
