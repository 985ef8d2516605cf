using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with MD5 (FIPS 198-1): a code of 16 bytes.</summary>
internal static class HmacMd5
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacMd5, "FIPS 198-1")
    {
        Key = ObjectType.HmacMd5,
        Size = 16,
        Providers = [OpenSslHmac.Provider("MD5"), BouncyCastleMac.Hmac("MD5")],
    };
}
