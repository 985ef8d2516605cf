using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;

namespace RestrictedTee.SecureWorld.Crypto.AsymmetricCiphers;

/// <summary>SM2 encryption (GM/T 0003.4-2012): a point, the message, a digest; 97 bytes more than the message.</summary>
internal static class Sm2Pke
{
    internal static AsymmetricCipherAlgorithm Row { get; } = new(TeeAlgorithm.Sm2Pke, "GM/T 0003.4-2012")
    {
        Key = ObjectType.Sm2PkeKeyPair,
        PublicKey = ObjectType.Sm2PkePublicKey,
        OnCurves = [EccCurve.Sm2],
        Providers = [BouncyCastleSm2Cipher.Provider],
    };
}
