using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SHA-384 (FIPS 198-1): a code of 48 bytes.</summary>
internal static class HmacSha384
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSha384, "FIPS 198-1")
    {
        Key = ObjectType.HmacSha384,
        Size = 48,
        Providers = [OpenSslHmac.Provider("SHA384"), BouncyCastleMac.Hmac("SHA-384")],
    };
}
