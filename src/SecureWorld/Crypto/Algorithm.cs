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
    internal TeeAlgorithm Id => id;

    internal string Standard => standard;

    /// <summary>The libraries that have it, the one that is used first.</summary>
    internal abstract IReadOnlyList<string> ProviderNames { get; }

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

/// <summary>A cipher.</summary>
internal sealed class CipherAlgorithm(TeeAlgorithm id, string standard) : Algorithm(id, standard)
{
    private readonly IReadOnlyList<Provider<CipherEngine>> _providers = [];
    private Lazy<Provider<CipherEngine>?> _chosen = new();

    /// <summary>What its key is.</summary>
    internal required ObjectType Key { get; init; }

    /// <summary>Bytes that go through it at once; 1 where any number may.</summary>
    internal required int BlockSize { get; init; }

    /// <summary>Bytes of the IV; 0 where there is none.</summary>
    internal required int IvSize { get; init; }

    /// <summary>The libraries that have it, the preferred first.</summary>
    internal required IReadOnlyList<Provider<CipherEngine>> Providers
    {
        get => _providers;
        init => (_providers, _chosen) = (value, new Lazy<Provider<CipherEngine>?>(() => Choose(value)));
    }

    internal override IReadOnlyList<string> ProviderNames => [.. _providers.Select(provider => provider.Name)];

    internal CipherEngine? CreateEngine(OperationMode mode) => _chosen.Value?.Create(mode);
}

/// <summary>A digest.</summary>
internal sealed class DigestAlgorithm(TeeAlgorithm id, string standard) : Algorithm(id, standard)
{
    private readonly IReadOnlyList<Provider<DigestEngine>> _providers = [];
    private Lazy<Provider<DigestEngine>?> _chosen = new();

    /// <summary>Bytes of the digest.</summary>
    internal required int Size { get; init; }

    /// <summary>The libraries that have it, the preferred first.</summary>
    internal required IReadOnlyList<Provider<DigestEngine>> Providers
    {
        get => _providers;
        init => (_providers, _chosen) = (value, new Lazy<Provider<DigestEngine>?>(() => Choose(value)));
    }

    internal override IReadOnlyList<string> ProviderNames => [.. _providers.Select(provider => provider.Name)];

    internal DigestEngine? CreateEngine() => _chosen.Value?.Create(OperationMode.Digest);
}
