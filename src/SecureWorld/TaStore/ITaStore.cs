using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>Where trusted applications come from.</summary>
internal interface ITaStore
{
    /// <summary>Finds a TA, loading it if need be. Called on a TEE thread, with no lock held: it may make RPCs.</summary>
    /// <returns>Success; ItemNotFound; or what is wrong with the one that was found.</returns>
    TeeResult Find(Guid uuid, out TaProgram? program);
}
