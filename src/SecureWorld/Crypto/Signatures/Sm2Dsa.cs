using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;

namespace RestrictedTee.SecureWorld.Crypto.Signatures;

/// <summary>SM2 signatures (GM/T 0003.2-2012) of a digest by SM3 that has the signer's identity in it: 64 bytes.</summary>
internal static class Sm2Dsa
{
    internal static SignatureAlgorithm Row { get; } = new(TeeAlgorithm.Sm2DsaSm3, "GM/T 0003.2-2012")
    {
        Key = ObjectType.Sm2DsaKeyPair,
        PublicKey = ObjectType.Sm2DsaPublicKey,
        OnCurves = [EccCurve.Sm2],
        Providers = [BouncyCastleSm2Signature.Provider],
    };
}
