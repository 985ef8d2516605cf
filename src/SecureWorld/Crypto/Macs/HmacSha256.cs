using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SHA-256 (FIPS 198-1): a code of 32 bytes.</summary>
internal static class HmacSha256
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSha256, "FIPS 198-1")
    {
        Key = ObjectType.HmacSha256,
        Size = 32,
        Providers = [OpenSslHmac.Provider("SHA256"), BouncyCastleMac.Hmac("SHA-256")],
    };
}
