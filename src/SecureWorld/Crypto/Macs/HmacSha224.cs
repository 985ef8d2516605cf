using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SHA-224 (FIPS 198-1): a code of 28 bytes.</summary>
internal static class HmacSha224
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSha224, "FIPS 198-1")
    {
        Key = ObjectType.HmacSha224,
        Size = 28,
        Providers = [OpenSslHmac.Provider("SHA224"), BouncyCastleMac.Hmac("SHA-224")],
    };
}
