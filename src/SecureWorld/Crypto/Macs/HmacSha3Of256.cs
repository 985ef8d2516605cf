using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SHA3-256 (FIPS 198-1): a code of 32 bytes.</summary>
internal static class HmacSha3Of256
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSha3Of256, "FIPS 198-1")
    {
        Key = ObjectType.HmacSha3Of256,
        Size = 32,
        Providers = [OpenSslHmac.Provider("SHA3-256"), BouncyCastleMac.Hmac("SHA3-256")],
    };
}
