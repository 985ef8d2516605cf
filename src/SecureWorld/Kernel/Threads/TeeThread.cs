using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SmcTransport.Conduits;

namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>
/// What a thread of the TEE knows while it carries out a call: its conduit, and the memory for RPC arguments. One OS thread
/// serves one conduit, so this is also that thread's own.
/// </summary>
internal sealed class TeeThread(IConduit conduit, int number, bool isFastOnly)
{
    [ThreadStatic]
    private static TeeThread? s_current;

    private RpcArgument? _supplied;

    /// <summary>The TEE thread that runs on the calling OS thread.</summary>
    /// <exception cref="InvalidOperationException">The caller is not a TEE thread: a TA used the SDK from a thread of its own making.</exception>
    internal static TeeThread Current =>
        s_current ?? throw new InvalidOperationException("The TEE's services can be used on the thread on which the TEE called the trusted application, and on no other.");

    internal IConduit Conduit => conduit;

    /// <summary>The conduit's number: which CPU this is.</summary>
    internal int Number => number;

    /// <summary>How many FF-A direct requests are nested on this thread.</summary>
    internal int Callers { get; set; }

    /// <summary>The extra conduit: fast calls and cancellation only.</summary>
    internal bool IsFastOnly => isFastOnly;

    /// <summary>Set while a yielding call is in progress; its low bits are the thread's number.</summary>
    internal uint ResumeInformation { get; set; }

    /// <summary>The session that the running call has opened for the normal world, which learns of it by the answer; 0 for none.</summary>
    internal uint OpenedSession { get; set; }

    /// <summary>Where RPC arguments go, while a call has given, or an RPC has allocated, room for them.</summary>
    internal RpcArgument? RpcArgument { get; set; }

    /// <summary>The record of an argument that came with the call; the same one while its place is the same, so that calls allocate nothing.</summary>
    internal RpcArgument SuppliedArgument(MemoryObject memory, ulong offset, ulong cookie)
    {
        if (_supplied is null || _supplied.Memory != memory || _supplied.Offset != offset || _supplied.Cookie != cookie)
            _supplied = new RpcArgument(memory, offset, cookie, IsAllocated: false);
        return _supplied;
    }

    internal void BindToOsThread() => s_current = this;
}

/// <summary>Memory for an RPC argument, and the cookie by which the normal world finds it again.</summary>
/// <param name="Memory">The memory; a reference is held by whoever made this.</param>
/// <param name="Offset">Where the argument begins.</param>
/// <param name="Cookie">What goes into a1, a2 of an RPC request.</param>
/// <param name="IsAllocated">Whether an RPC allocated it, and an RPC must free it.</param>
internal sealed record RpcArgument(MemoryObject Memory, ulong Offset, ulong Cookie, bool IsAllocated);

/// <summary>The other world has closed this conduit; unwinds whatever its thread was doing.</summary>
internal sealed class ConduitClosedException() : Exception("The normal world has gone.");
