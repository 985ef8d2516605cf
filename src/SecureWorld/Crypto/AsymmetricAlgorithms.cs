using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>An algorithm whose engine takes a key once.</summary>
/// <typeparam name="TEngine">The kind of engine.</typeparam>
internal abstract class KeyedAlgorithm<TEngine>(TeeAlgorithm id, string standard) : Algorithm(id, standard)
    where TEngine : KeyedEngine
{
    private readonly IReadOnlyList<Provider<TEngine>> _providers = [];
    private Lazy<Provider<TEngine>?> _chosen = new();

    /// <summary>What its private key is, or its secret.</summary>
    internal required ObjectType Key { get; init; }

    /// <summary>What its public key is, where it has one.</summary>
    internal ObjectType? PublicKey { get; init; }

    /// <summary>The curves that it is on, where that is not a matter of the key alone.</summary>
    internal IReadOnlyList<EccCurve> OnCurves { get; init; } = [];

    /// <summary>The libraries that have it, the preferred first.</summary>
    internal required IReadOnlyList<Provider<TEngine>> Providers
    {
        get => _providers;
        init => (_providers, _chosen) = (value, new Lazy<Provider<TEngine>?>(() => Choose(value)));
    }

    internal override ObjectType? KeyType => Key;

    internal override IReadOnlyList<EccCurve> Curves => OnCurves;

    internal override IReadOnlyList<string> ProviderNames => [.. _providers.Select(provider => provider.Name)];

    internal override bool HasProvider => _chosen.Value is not null;

    internal override bool Takes(ObjectType type, OperationMode mode) =>
        type == Key || (type == PublicKey && mode is OperationMode.Verify or OperationMode.Encrypt);

    internal TEngine? CreateEngine(OperationMode mode) => _chosen.Value?.Create(mode);
}

/// <summary>Signatures.</summary>
internal sealed class SignatureAlgorithm(TeeAlgorithm id, string standard) : KeyedAlgorithm<SignatureEngine>(id, standard);

/// <summary>Encryption for a public key.</summary>
internal sealed class AsymmetricCipherAlgorithm(TeeAlgorithm id, string standard) : KeyedAlgorithm<AsymmetricCipherEngine>(id, standard);

/// <summary>Derivation of a secret from another, or from a private key and a public one.</summary>
internal sealed class DerivationAlgorithm(TeeAlgorithm id, string standard) : KeyedAlgorithm<DerivationEngine>(id, standard)
{
    /// <summary>Whether it takes two keys, which may be the same.</summary>
    internal bool HasTwoKeys { get; init; }

    /// <summary>
    /// Whether the secret has as many bytes as its object's largest size is said to have bits, which is upstream's way with SM2, and what
    /// its suite counts on.
    /// </summary>
    internal bool IsSizedByObject { get; init; }
}
