using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SM3 (FIPS 198-1): a code of 32 bytes.</summary>
internal static class HmacSm3
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSm3, "FIPS 198-1")
    {
        Key = ObjectType.HmacSm3,
        Size = 32,
        Providers = [OpenSslHmac.Provider("SM3"), BouncyCastleMac.Hmac("SM3")],
    };
}
