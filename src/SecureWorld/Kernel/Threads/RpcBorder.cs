using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>How a request leaves for the normal world and how the thread is resumed, on one conduit ABI.</summary>
internal abstract class RpcBorder
{
    /// <summary>
    /// Leaves to the normal world with the request that lies in <paramref name="argument"/>, and returns when the thread is
    /// resumed. Meanwhile the conduit is a CPU like any other, on which other calls are served; another yielding call finds
    /// the conduit's thread taken.
    /// </summary>
    /// <exception cref="ConduitClosedException">The normal world has gone.</exception>
    internal abstract void Request(TeeThread thread, RpcArgument argument);

    /// <summary>Memory for an argument; null when there is none.</summary>
    internal abstract RpcArgument? ArgumentOf(TeeThread thread);

    /// <summary>The call that the thread carried out has ended: what was allocated for arguments may go.</summary>
    internal abstract void EndOfCall(TeeThread thread);

    /// <summary>The memory that the normal world answered SHM_ALLOC with, a reference taken; null when it is none, or too small.</summary>
    internal abstract SharedMemory? OpenAllocated(in OpteeMsgParam answer, ulong size, out ulong cookie, out ulong offset);

    /// <summary>The TEE has done with allocated memory and is about to say so.</summary>
    internal abstract void Retire(ulong cookie);

    /// <summary>A memref parameter without memory.</summary>
    internal abstract OpteeMsgParam NullMemref { get; }
}
