using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Derivations;

/// <summary>X25519 (RFC 7748): a secret of 32 bytes, which is not zero.</summary>
internal static class X25519
{
    internal static DerivationAlgorithm Row { get; } = new(TeeAlgorithm.X25519, "RFC 7748")
    {
        Key = ObjectType.X25519KeyPair,
        OnCurves = [EccCurve.Curve25519],
        Providers = [OpenSslAgreement.Provider, BouncyCastleAgreement.Provider],
    };
}
