using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Kernel.Instances;

/// <summary>A trusted application as it was loaded: what it says of itself, and how an instance of it comes to be.</summary>
internal interface ITaProgram
{
    TaManifest Manifest { get; }

    /// <summary>Makes what an instance runs behind. Nothing of the TA has run when this returns.</summary>
    ITaRuntime NewInstance();
}

/// <summary>Where trusted applications come from.</summary>
internal interface ITaStore
{
    /// <summary>Finds a TA, loading it if need be. Called on a TEE thread, with no lock held: it may make RPCs.</summary>
    /// <returns>Success; ItemNotFound; or what is wrong with the one that was found.</returns>
    TeeResult Find(Guid uuid, out ITaProgram? program);

    /// <summary>
    /// A session joins an instance that lives, which keeps its code: says in the log when a newer one waits for that instance to go.
    /// Called as <see cref="Find"/> is.
    /// </summary>
    void LookForNewer(ITaProgram program);
}
