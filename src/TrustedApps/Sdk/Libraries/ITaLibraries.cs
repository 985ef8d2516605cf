using System.Reflection;

namespace RestrictedTee.Sdk;

/// <summary>
/// The code of one instance, and how it loads more of it: what ldelf is to a native TA (OP-TEE/optee_os ldelf). No call of the table: it gives
/// nothing that the TA's own image does not hold.
/// </summary>
internal interface ITaLibraries
{
    /// <summary>The assemblies that the instance runs, the TA's own first.</summary>
    IReadOnlyList<Assembly> Loaded { get; }

    /// <summary>Loads a library, once in an instance, and makes its object for a contract, once too.</summary>
    /// <param name="name">The library, as the TA has named it (<see cref="TaLibraryAttribute"/>).</param>
    /// <param name="contract">What the object is to be.</param>
    /// <param name="app">The instance, for a constructor that takes it.</param>
    /// <exception cref="TeeException">As <see cref="TrustedApp.OpenLibrary{T}"/> has it.</exception>
    object Open(string name, Type contract, object app);

    /// <summary>What is to be disposed when the instance ends in good order, in this order: last opened first.</summary>
    IReadOnlyList<IDisposable> ToDispose { get; }
}
