using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Derivations;

/// <summary>X448 (RFC 7748): a secret of 56 bytes, which is not zero.</summary>
internal static class X448
{
    internal static DerivationAlgorithm Row { get; } = new(TeeAlgorithm.X448, "RFC 7748")
    {
        Key = ObjectType.X448KeyPair,
        OnCurves = [EccCurve.Curve448],
        Providers = [OpenSslAgreement.Provider, BouncyCastleAgreement.Provider],
    };
}
