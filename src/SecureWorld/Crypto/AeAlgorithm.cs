using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>Authenticated encryption.</summary>
internal sealed class AeAlgorithm(TeeAlgorithm id, string standard) : Algorithm(id, standard)
{
    private readonly IReadOnlyList<Provider<AeEngine>> _providers = [];
    private Lazy<Provider<AeEngine>?> _chosen = new();

    /// <summary>What its key is.</summary>
    internal required ObjectType Key { get; init; }

    /// <summary>Of how many bytes a piece is a multiple that comes out before the last one (block_size of upstream's library).</summary>
    internal int BlockSize { get; init; } = 1;

    /// <summary>The shortest nonce, in bytes.</summary>
    internal required int MinNonceSize { get; init; }

    /// <summary>The longest nonce, in bytes.</summary>
    internal required int MaxNonceSize { get; init; }

    /// <summary>The tags that there are, in bytes.</summary>
    internal required IReadOnlyList<int> TagSizes { get; init; }

    /// <summary>Whether the sizes of a message are part of it, and known before it begins.</summary>
    internal bool NeedsSizes { get; init; }

    /// <summary>Whether a payload of so many bytes can be told with a nonce of so many.</summary>
    internal Func<int, long, bool> HasRoom { get; init; } = (_, _) => true;

    /// <summary>The libraries that have it, the preferred first.</summary>
    internal required IReadOnlyList<Provider<AeEngine>> Providers
    {
        get => _providers;
        init => (_providers, _chosen) = (value, new Lazy<Provider<AeEngine>?>(() => Choose(value)));
    }

    internal override ObjectType? KeyType => Key;

    internal override IReadOnlyList<string> ProviderNames => [.. _providers.Select(provider => provider.Name)];

    internal override bool HasProvider => _chosen.Value is not null;

    internal AeEngine? CreateEngine(OperationMode mode) => _chosen.Value?.Create(mode);
}
