using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>A cipher.</summary>
internal sealed class CipherAlgorithm(TeeAlgorithm id, string standard) : Algorithm(id, standard)
{
    private readonly IReadOnlyList<Provider<CipherEngine>> _providers = [];
    private Lazy<Provider<CipherEngine>?> _chosen = new();

    /// <summary>What its key is.</summary>
    internal required ObjectType Key { get; init; }

    internal override ObjectType? KeyType => Key;

    /// <summary>Bytes that go through it at once; 1 where any number may.</summary>
    internal required int BlockSize { get; init; }

    /// <summary>The shortest message where the last two blocks are ciphered together, in bytes; 0 for a cipher of whole blocks.</summary>
    internal int MinStolenSize { get; init; }

    /// <summary>Whether it takes two keys of one size, which are not the same.</summary>
    internal bool HasTwoKeys { get; init; }

    /// <summary>Bytes of the IV; 0 where there is none.</summary>
    internal required int IvSize { get; init; }

    /// <summary>The libraries that have it, the preferred first.</summary>
    internal required IReadOnlyList<Provider<CipherEngine>> Providers
    {
        get => _providers;
        init => (_providers, _chosen) = (value, new Lazy<Provider<CipherEngine>?>(() => Choose(value)));
    }

    internal override IReadOnlyList<string> ProviderNames => [.. _providers.Select(provider => provider.Name)];

    internal override bool HasProvider => _chosen.Value is not null;

    internal CipherEngine? CreateEngine(OperationMode mode) => _chosen.Value?.Create(mode);
}
