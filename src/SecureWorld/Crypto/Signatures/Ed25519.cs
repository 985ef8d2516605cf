using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Signatures;

/// <summary>Ed25519 (RFC 8032): plain, with a context, and of a digest, by the parameters of the call; a signature of 64 bytes.</summary>
internal static class Ed25519
{
    internal static SignatureAlgorithm Row { get; } = new(TeeAlgorithm.Ed25519, "RFC 8032")
    {
        Key = ObjectType.Ed25519KeyPair,
        PublicKey = ObjectType.Ed25519PublicKey,
        OnCurves = [EccCurve.Curve25519],
        Providers = [OpenSslEdwards.Provider(BouncyCastleEd25519.Provider), BouncyCastleEd25519.Provider],
    };
}
