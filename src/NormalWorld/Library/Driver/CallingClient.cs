namespace RestrictedTee.NormalWorld.Driver;

/// <summary>For whom the calling thread is in the driver. What the TEE asks on that thread meanwhile it asks for that client, and it is charged so.</summary>
internal static class CallingClient
{
    [ThreadStatic]
    private static int s_pid;

    /// <summary>The client's process; 0 for the driver's own calls.</summary>
    internal static int Pid => s_pid;

    /// <summary>The calling thread is there for a client until the scope ends.</summary>
    internal static Scope As(int pid)
    {
        var scope = new Scope(s_pid);
        s_pid = pid;
        return scope;
    }

    internal readonly ref struct Scope(int before)
    {
        public void Dispose() => s_pid = before;
    }
}
