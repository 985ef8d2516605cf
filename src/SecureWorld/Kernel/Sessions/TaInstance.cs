using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>Where an instance is in its life.</summary>
internal enum InstanceState
{
    /// <summary>Create is running; others who want the instance wait.</summary>
    Initializing,

    /// <summary>Serving.</summary>
    Ready,

    /// <summary>It panicked: every call gets TARGET_DEAD, and it goes with its last session.</summary>
    Panicked,

    /// <summary>Destroyed.</summary>
    Gone,
}

/// <summary>One instance of a trusted application. The lock of the TA manager protects its state, its count and its turn.</summary>
internal sealed class TaInstance(TaProgram program)
{
    private readonly object _memoryLock = new(); // protects the two fields below; a leaf
    private readonly HashSet<SecureBlock> _blocks = [];
    private int _secureBytes;

    internal TaProgram Program => program;

    internal bool IsSingleInstance => program.Has(TaFlags.SingleInstance);

    internal InstanceState State { get; set; } = InstanceState.Initializing;

    internal bool IsPanicked => State == InstanceState.Panicked;

    /// <summary>Sessions that hold the instance.</summary>
    internal int SessionCount { get; set; }

    /// <summary>Whether a thread is in it.</summary>
    internal bool Busy { get; set; }

    internal TrustedApp App { get; private set; } = null!;

    internal InstanceCommands Commands { get; private set; } = null!;

    /// <summary>Sessions that this instance has opened to other TAs.</summary>
    internal SessionTable Clients { get; } = new();

    internal void Start()
    {
        App = program.CreateApp();
        Commands = new InstanceCommands(program.Commands, App);
    }

    /// <summary>A block of secure RAM, within the data size that the TA declares.</summary>
    internal SecureBlock? AllocateSecure(SecureRam ram, int size)
    {
        lock (_memoryLock)
        {
            if (size < 0 || size > program.Header.DataSize - _secureBytes || ram.Allocate(size) is not { } block)
                return null;
            _secureBytes += size;
            _blocks.Add(block);
            block.Returned = OnReturned;
            return block;
        }
    }

    /// <summary>Returns what the TA forgot.</summary>
    internal void ReleaseMemory()
    {
        SecureBlock[] blocks;
        lock (_memoryLock)
            blocks = [.. _blocks];
        foreach (SecureBlock block in blocks)
            block.Dispose();
    }

    private void OnReturned(SecureBlock block)
    {
        lock (_memoryLock)
        {
            if (_blocks.Remove(block))
                _secureBytes -= block.Size;
        }
    }
}
