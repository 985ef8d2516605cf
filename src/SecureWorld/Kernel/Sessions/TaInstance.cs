using RestrictedTee.SecureWorld.Kernel.Instances;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>Where an instance is in its life.</summary>
internal enum InstanceState
{
    /// <summary>Create is running; others who want the instance wait.</summary>
    Creating,

    /// <summary>Serving.</summary>
    Ready,

    /// <summary>It died: every call gets TARGET_DEAD, and it goes with its last session.</summary>
    Panicked,

    /// <summary>Destroy is running; who wants an instance of the TA waits, so that no second one lives beside it.</summary>
    Ending,

    /// <summary>Destroyed.</summary>
    Gone,
}

/// <summary>One instance of a trusted application. The kernel's lock protects its state, its count and its turn.</summary>
internal sealed class TaInstance(ITaProgram program, ITaRuntime runtime)
{
    private static ulong s_lastNumber;

    /// <summary>What it is an instance of: the code with which it was made, whatever has been loaded since.</summary>
    internal ITaProgram Program => program;

    internal TaManifest Manifest => program.Manifest;

    /// <summary>What tells it from every other instance of any TA, the dead ones included: never used twice, and never 0.</summary>
    internal ulong Number { get; } = Interlocked.Increment(ref s_lastNumber);

    /// <summary>Behind what it runs.</summary>
    internal ITaRuntime Runtime => runtime;

    internal InstanceResources Resources { get; } = new(program.Manifest.DataSize);

    internal InstanceState State { get; private set; } = InstanceState.Creating;

    internal bool IsPanicked => State == InstanceState.Panicked;

    /// <summary>Sessions that hold the instance.</summary>
    internal int SessionCount { get; set; }

    /// <summary>Whether a thread is in it; never set of a concurrent one.</summary>
    internal bool Busy { get; set; }

    /// <exception cref="InvalidOperationException">The kernel has lost track of the instance's life.</exception>
    internal void MoveTo(InstanceState next)
    {
        bool legal = (State, next) switch
        {
            (InstanceState.Creating, InstanceState.Ready or InstanceState.Panicked or InstanceState.Gone) => true,
            (InstanceState.Ready, InstanceState.Panicked or InstanceState.Ending) => true,
            (InstanceState.Ending, InstanceState.Gone or InstanceState.Panicked) => true,
            (InstanceState.Panicked, InstanceState.Panicked or InstanceState.Gone) => true,
            _ => false,
        };
        State = legal ? next : throw new InvalidOperationException($"An instance of {Manifest.Uuid} cannot go from {State} to {next}.");
    }
}
