using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>What an execution context of a partition is doing (DEN0077A 1.2 section 4.10).</summary>
internal enum ContextState
{
    /// <summary>It can take a message.</summary>
    Waiting,

    /// <summary>It runs, or is blocked in a request that it made itself.</summary>
    Running,

    /// <summary>It has yielded, and waits for FFA_RUN.</summary>
    Preempted,
}

/// <summary>An FF-A endpoint: the normal world, or a partition of the secure world, which has one execution context on each conduit.</summary>
internal abstract class Partition(PartitionId id, Guid uuid, FfaPartitionProperties properties, FfaVersion version)
{
    /// <summary>Conduits are CPUs: as many as the boot line wires at most, and the fast one.</summary>
    internal const int MaxContexts = 65;

    private readonly ContextState[] _contexts = new ContextState[MaxContexts];

    internal PartitionId Id => id;

    internal Guid Uuid => uuid;

    internal FfaPartitionProperties Properties => properties;

    /// <summary>The version that the endpoint speaks: it decides the layout of its descriptors.</summary>
    internal FfaVersion Version { get; set; } = version;

    /// <summary>Another call than FFA_VERSION was made, so the version stays.</summary>
    internal bool IsVersionFinal { get; set; }

    /// <summary>Whether memory can be sent to it.</summary>
    internal virtual bool TakesMemory => true;

    /// <summary>Its RX and TX buffers.</summary>
    internal RxTxBuffers Buffers { get; } = new();

    /// <summary>Its notifications.</summary>
    internal NotificationBitmap Notifications { get; } = new();

    /// <summary>What its context on a CPU is doing. Only the thread of that CPU reads or writes it.</summary>
    internal ref ContextState Context(TeeThread thread) => ref _contexts[thread.Number];

    /// <summary>Serves a direct request; the frame is the request, and on return the answer.</summary>
    internal abstract void Serve(ref SmcFrame frame, Partition sender, TeeThread thread);
}
