using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;

namespace RestrictedTee.SecureWorld.Crypto.Derivations;

/// <summary>SM2 key exchange (GM/T 0003.3-2012): two keys, one of which is for once; as many bytes as the object is allocated for.</summary>
internal static class Sm2Kep
{
    internal static DerivationAlgorithm Row { get; } = new(TeeAlgorithm.Sm2Kep, "GM/T 0003.3-2012")
    {
        Key = ObjectType.Sm2KepKeyPair,
        HasTwoKeys = true,
        IsSizedByObject = true,
        OnCurves = [EccCurve.Sm2],
        Providers = [BouncyCastleSm2Exchange.Provider],
    };
}
