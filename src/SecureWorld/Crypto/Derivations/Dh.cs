using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Derivations;

/// <summary>Diffie-Hellman over numbers (RFC 2631): groups of 256 to 2048 bits; the secret has no leading zeroes.</summary>
internal static class Dh
{
    internal static DerivationAlgorithm Row { get; } = new(TeeAlgorithm.DhDeriveSharedSecret, "RFC 2631")
    {
        Key = ObjectType.DhKeyPair,
        OnCurves = [],
        Providers = [OpenSslDh.Provider, BouncyCastleDh.Provider],
    };
}
