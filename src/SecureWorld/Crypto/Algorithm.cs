using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>A library's form of an algorithm.</summary>
/// <param name="Name">The library.</param>
/// <param name="IsAvailable">Whether it is on this machine and has the algorithm.</param>
/// <param name="Create">Makes an engine.</param>
internal sealed record Provider<TEngine>(string Name, Func<bool> IsAvailable, Func<OperationMode, TEngine> Create);

/// <summary>One row of the table of algorithms.</summary>
/// <param name="id">Its number.</param>
/// <param name="standard">Where it is defined.</param>
internal abstract class Algorithm(TeeAlgorithm id, string standard)
{
    /// <summary>What its key is; null where there is none.</summary>
    internal abstract ObjectType? KeyType { get; }

    /// <summary>Whether a key of that type is one for it.</summary>
    internal virtual bool Takes(ObjectType type, OperationMode mode) => type == KeyType;

    /// <summary>The curves that it is on; empty where it is on none, or the key's type says it.</summary>
    internal virtual IReadOnlyList<EccCurve> Curves => [];

    internal TeeAlgorithm Id => id;

    internal string Standard => standard;

    /// <summary>The libraries that have it, the one that is used first.</summary>
    internal abstract IReadOnlyList<string> ProviderNames { get; }

    /// <summary>Whether one of them is on this machine.</summary>
    internal abstract bool HasProvider { get; }

    /// <summary>The first provider that is available; null when none is.</summary>
    private protected static Provider<TEngine>? Choose<TEngine>(IReadOnlyList<Provider<TEngine>> providers)
    {
        foreach (Provider<TEngine> provider in providers)
        {
            if (provider.IsAvailable())
                return provider;
        }

        return null;
    }
}
