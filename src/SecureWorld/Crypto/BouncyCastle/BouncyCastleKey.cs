using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>Keys as the library wants them.</summary>
internal static class BouncyCastleKey
{
    /// <summary>A key of DES or triple DES. The library would refuse one whose parts are the same, which single DES is.</summary>
    internal static KeyParameter Des(ReadOnlySpan<byte> key)
    {
        Span<byte> three = stackalloc byte[DesKey.Size];
        DesKey.Expand(key, three);
        var parameter = new KeyParameter(three);
        CryptographicOperations.ZeroMemory(three);
        return parameter;
    }
}
