using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Signatures;

/// <summary>Ed448 (RFC 8032): plain, with a context, and of a digest, by the parameters of the call; a signature of 114 bytes.</summary>
internal static class Ed448
{
    internal static SignatureAlgorithm Row { get; } = new(TeeAlgorithm.Ed448, "RFC 8032")
    {
        Key = ObjectType.Ed448KeyPair,
        PublicKey = ObjectType.Ed448PublicKey,
        OnCurves = [EccCurve.Curve448],
        Providers = [OpenSslEdwards.Provider(BouncyCastleEd448.Provider), BouncyCastleEd448.Provider],
    };
}
