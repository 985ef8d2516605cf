using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SHA3-224 (FIPS 198-1): a code of 28 bytes.</summary>
internal static class HmacSha3Of224
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSha3Of224, "FIPS 198-1")
    {
        Key = ObjectType.HmacSha3Of224,
        Size = 28,
        Providers = [OpenSslHmac.Provider("SHA3-224"), BouncyCastleMac.Hmac("SHA3-224")],
    };
}
