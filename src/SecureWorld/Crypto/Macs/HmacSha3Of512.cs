using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SHA3-512 (FIPS 198-1): a code of 64 bytes.</summary>
internal static class HmacSha3Of512
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSha3Of512, "FIPS 198-1")
    {
        Key = ObjectType.HmacSha3Of512,
        Size = 64,
        Providers = [OpenSslHmac.Provider("SHA3-512"), BouncyCastleMac.Hmac("SHA3-512")],
    };
}
