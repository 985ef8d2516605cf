using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SHA-1 (FIPS 198-1): a code of 20 bytes.</summary>
internal static class HmacSha1
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSha1, "FIPS 198-1")
    {
        Key = ObjectType.HmacSha1,
        Size = 20,
        Providers = [OpenSslHmac.Provider("SHA1"), BouncyCastleMac.Hmac("SHA-1")],
    };
}
