using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>Authenticated encryption.</summary>
internal sealed class AeAlgorithm(TeeAlgorithm id, string standard) : Algorithm(id, standard)
{
    private readonly IReadOnlyList<Provider<AeEngine>> _providers = [];
    private Lazy<Provider<AeEngine>?> _chosen = new();

    /// <summary>What its key is.</summary>
    internal required ObjectType Key { get; init; }

    /// <summary>The longest nonce, in bytes; the shortest has one.</summary>
    internal required int MaxNonceSize { get; init; }

    /// <summary>The shortest tag, in bytes.</summary>
    internal required int MinTagSize { get; init; }

    /// <summary>The longest tag, in bytes.</summary>
    internal required int MaxTagSize { get; init; }

    /// <summary>The libraries that have it, the preferred first.</summary>
    internal required IReadOnlyList<Provider<AeEngine>> Providers
    {
        get => _providers;
        init => (_providers, _chosen) = (value, new Lazy<Provider<AeEngine>?>(() => Choose(value)));
    }

    internal override ObjectType? KeyType => Key;

    internal override IReadOnlyList<string> ProviderNames => [.. _providers.Select(provider => provider.Name)];

    internal AeEngine? CreateEngine(OperationMode mode) => _chosen.Value?.Create(mode);
}
