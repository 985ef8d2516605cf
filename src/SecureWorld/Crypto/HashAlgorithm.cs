using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>A digest, or a MAC.</summary>
internal abstract class HashAlgorithm(TeeAlgorithm id, string standard) : Algorithm(id, standard)
{
    private readonly IReadOnlyList<Provider<HashEngine>> _providers = [];
    private Lazy<Provider<HashEngine>?> _chosen = new();

    /// <summary>The mode of its operations.</summary>
    internal abstract OperationMode Mode { get; }

    /// <summary>Bytes of the result; 0 where it has as many as one asks for.</summary>
    internal required int Size { get; init; }

    /// <summary>What the message must be whole blocks of, and at least one, in bytes; 0 where it may be anything.</summary>
    internal int WholeBlocksOf { get; init; }

    /// <summary>The libraries that have it, the preferred first.</summary>
    internal required IReadOnlyList<Provider<HashEngine>> Providers
    {
        get => _providers;
        init => (_providers, _chosen) = (value, new Lazy<Provider<HashEngine>?>(() => Choose(value)));
    }

    internal override IReadOnlyList<string> ProviderNames => [.. _providers.Select(provider => provider.Name)];

    internal override bool HasProvider => _chosen.Value is not null;

    internal HashEngine? CreateEngine() => _chosen.Value?.Create(Mode);
}

/// <summary>A digest.</summary>
internal sealed class DigestAlgorithm(TeeAlgorithm id, string standard) : HashAlgorithm(id, standard)
{
    internal override ObjectType? KeyType => null;

    internal override OperationMode Mode => OperationMode.Digest;
}

/// <summary>A message authentication code.</summary>
internal sealed class MacAlgorithm(TeeAlgorithm id, string standard) : HashAlgorithm(id, standard)
{
    /// <summary>What its key is.</summary>
    internal required ObjectType Key { get; init; }

    internal override ObjectType? KeyType => Key;

    internal override OperationMode Mode => OperationMode.Mac;
}
