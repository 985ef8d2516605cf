using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>A function that stretches or spreads a secret.</summary>
internal enum KdfKind
{
    /// <summary>RFC 5869.</summary>
    Hkdf,

    /// <summary>NIST SP 800-56A section 5.8.1.</summary>
    Concat,

    /// <summary>RFC 8018 section 5.2.</summary>
    Pbkdf2,
}

/// <summary>What a derivation is by.</summary>
internal readonly ref struct DerivationParameters
{
    /// <summary>The digest.</summary>
    internal TeeAlgorithm Hash { get; init; }

    internal ReadOnlySpan<byte> Salt { get; init; }

    internal ReadOnlySpan<byte> Info { get; init; }

    /// <summary>How often, of PBKDF2.</summary>
    internal uint Iterations { get; init; }

    /// <summary>Bytes that are asked for.</summary>
    internal uint Size { get; init; }
}

/// <summary>A kind of derivation, with the digest that its number names; of GlobalPlatform's HKDF a parameter names it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Hash">The digest; null where a parameter names it.</param>
internal sealed record KdfRule(KdfKind Kind, TeeAlgorithm? Hash)
{
    /// <summary>
    /// The most rounds of PBKDF2, over all blocks of what is derived: twice what the longest vector has (RFC 6070), and some ten seconds. No library can be
    /// interrupted in it, and the thread that a client could have for days is not its own.
    /// </summary>
    internal const ulong MostRounds = 1 << 25;

    /// <summary>Reads what a derivation is by. Of what is repeated the first counts, as upstream.</summary>
    /// <returns>Whether it is all there and nothing else, and there is room for what is asked for.</returns>
    internal bool TryRead(AttributeReader parameters, int room, out DerivationParameters found)
    {
        ReadOnlySpan<byte> salt = [], info = [];
        uint? size = null, iterations = null, hash = (uint?)Hash;
        bool hasSalt = false, hasInfo = false, isRight = true;
        while (parameters.Read())
        {
            switch (parameters.Id, Kind)
            {
                case (AttributeId.HkdfSalt or AttributeId.HkdfSaltExtension, KdfKind.Hkdf) or (AttributeId.Pbkdf2Salt, KdfKind.Pbkdf2):
                    salt = hasSalt ? salt : parameters.Content;
                    hasSalt = true;
                    break;
                case (AttributeId.HkdfInfo or AttributeId.HkdfInfoExtension, KdfKind.Hkdf) or (AttributeId.ConcatKdfOtherInfo, KdfKind.Concat):
                    info = hasInfo ? info : parameters.Content;
                    hasInfo = true;
                    break;
                case (AttributeId.KdfKeySize or AttributeId.HkdfOkmLength, KdfKind.Hkdf) or (AttributeId.ConcatKdfDkmLength, KdfKind.Concat) or (AttributeId.Pbkdf2DkmLength, KdfKind.Pbkdf2):
                    size ??= parameters.A;
                    break;
                case (AttributeId.Pbkdf2IterationCount, KdfKind.Pbkdf2):
                    iterations ??= parameters.A;
                    break;
                case (AttributeId.HkdfHashAlgorithm, KdfKind.Hkdf):
                    hash ??= parameters.A;
                    break;
                default:
                    isRight = false;
                    break;
            }
        }

        found = new DerivationParameters
        {
            Hash = (TeeAlgorithm)(hash ?? (uint)TeeAlgorithm.Sha256),
            Salt = salt,
            Info = info,
            Iterations = iterations ?? 0,
            Size = size ?? 0,
        };
        return isRight && size is > 0 && size <= room && HashNames.Of(found.Hash).Size is > 0 and var hashSize
            && (Kind != KdfKind.Pbkdf2 || (iterations is > 0 && (ulong)iterations * ((size.Value + (uint)hashSize - 1) / (uint)hashSize) <= MostRounds)) && (Kind != KdfKind.Hkdf || size <= 255 * hashSize);
    }
}
