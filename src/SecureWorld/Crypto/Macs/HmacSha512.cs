using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>HMAC with SHA-512 (FIPS 198-1): a code of 64 bytes.</summary>
internal static class HmacSha512
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.HmacSha512, "FIPS 198-1")
    {
        Key = ObjectType.HmacSha512,
        Size = 64,
        Providers = [OpenSslHmac.Provider("SHA512"), BouncyCastleMac.Hmac("SHA-512")],
    };
}
