using System.Buffers.Binary;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>How RSA hides a message.</summary>
internal enum RsaPadding
{
    /// <summary>Not at all: a number below the modulus.</summary>
    None,

    /// <summary>PKCS #1 v1.5.</summary>
    Pkcs1,

    /// <summary>OAEP.</summary>
    Oaep,
}

/// <summary>How RSA encrypts.</summary>
/// <param name="Padding">The padding.</param>
/// <param name="Hash">The digest of OAEP.</param>
internal sealed record RsaEncryption(RsaPadding Padding, TeeAlgorithm Hash)
{
    /// <summary>Label and digest of the mask, as parameters say.</summary>
    /// <returns>Whether they are of this padding, and there is such a digest.</returns>
    internal bool TryGetParameters(AttributeReader parameters, out ReadOnlySpan<byte> label, out TeeAlgorithm maskHash)
    {
        label = [];
        maskHash = Hash;
        if (parameters.TryFind(AttributeId.RsaOaepMgfHash, out AttributeReader mask))
        {
            if (mask.Content.Length != sizeof(uint))
                return false;
            maskHash = (TeeAlgorithm)BinaryPrimitives.ReadUInt32LittleEndian(mask.Content);
        }

        if (parameters.TryFind(AttributeId.RsaOaepLabel, out AttributeReader given))
            label = given.Content;
        return Padding != RsaPadding.Oaep || HashNames.Of(maskHash).Size != 0;
    }

    /// <summary>What comes of a message without padding is a number: no leading zeroes, and one byte at least.</summary>
    internal static int TrimNumber(Span<byte> number)
    {
        int zeroes = number.IndexOfAnyExcept((byte)0);
        zeroes = zeroes < 0 ? number.Length - 1 : zeroes;
        number[zeroes..].CopyTo(number);
        number[^zeroes..].Clear();
        return number.Length - zeroes;
    }
}
