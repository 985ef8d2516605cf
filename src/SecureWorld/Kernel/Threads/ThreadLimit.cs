namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>How many yielding calls may be under way at once (CFG_NUM_THREADS upstream), and the resume information of each.</summary>
internal sealed class ThreadLimit(int count)
{
    private int _running;
    private int _serial;

    internal int Count => count;

    internal bool IsIdle => Volatile.Read(ref _running) == 0;

    /// <summary>Takes a thread. The resume information is different from call to call, so that a stale one is told from a live one.</summary>
    internal bool TryEnter(out uint resumeInformation)
    {
        resumeInformation = 0;
        if (Interlocked.Increment(ref _running) > count)
        {
            Interlocked.Decrement(ref _running);
            return false;
        }

        do
            resumeInformation = unchecked((uint)Interlocked.Increment(ref _serial));
        while (resumeInformation == 0);
        return true;
    }

    internal void Exit() => Interlocked.Decrement(ref _running);
}
