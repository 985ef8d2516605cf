namespace RestrictedTee.SecureWorld.Kernel.ManagedRuntime;

/// <summary>The TEE's thread, which a TA has for the length of an entry point and gives back as it was.</summary>
internal static class LentThread
{
    private static readonly ManualResetEvent AlwaysSet = new(initialState: true);

    /// <summary>
    /// Takes away an interrupt that the TA has left pending (Thread.Interrupt): it would strike the kernel's next wait, for a
    /// call that has nothing to do with it. A wait that need not wait is the only way to ask for one; it costs about 0.15 µs.
    /// </summary>
    internal static void TakeBack()
    {
        try
        {
            AlwaysSet.WaitOne(0);
        }
        catch (ThreadInterruptedException)
        {
            // It was the TA's, and it ends with the TA's time on the thread.
        }
    }
}
