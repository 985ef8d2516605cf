using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>One session: a client, an instance, and what is under way between them. The kernel's lock protects its fields.</summary>
internal sealed class Session
{
    private static ulong s_lastHandle;

    internal Session(uint id, TaInstance instance, TeeIdentity client)
    {
        (Id, Instance, Client) = (id, instance, client);
        Handle = Interlocked.Increment(ref s_lastHandle);
    }

    /// <summary>The number by which its client knows it; unique in the client's table only.</summary>
    internal uint Id { get; }

    /// <summary>The number by which the instance's runtime knows it; never used twice.</summary>
    internal ulong Handle { get; }

    internal TaInstance Instance { get; }

    internal TeeIdentity Client { get; }

    /// <summary>What is in the session or waits for it.</summary>
    internal OperationList Operations { get; } = new();

    /// <summary>Whether a thread is in the session.</summary>
    internal bool InUse { get; set; }

    /// <summary>Whether the client has asked for its end: nobody enters any more.</summary>
    internal bool IsClosing { get; private set; }

    /// <summary>Whether it has left its client's table; who waited for it looks no further.</summary>
    internal bool IsClosed { get; set; }

    /// <summary>
    /// The client wants the session closed. What is in it, or waits for it, is cancelled: the client may have died in the middle
    /// of it, and nobody would be left to cancel it.
    /// </summary>
    internal void BeginClosing()
    {
        IsClosing = true;
        Operations.CancelForClose();
    }
}
