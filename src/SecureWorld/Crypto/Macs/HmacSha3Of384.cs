using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SHA3-384 (FIPS 198-1): a code of 48 bytes.</summary>
internal static class HmacSha3Of384
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSha3Of384, "FIPS 198-1")
    {
        Key = ObjectType.HmacSha3Of384,
        Size = 48,
        Providers = [OpenSslHmac.Provider("SHA3-384"), BouncyCastleMac.Hmac("SHA3-384")],
    };
}
