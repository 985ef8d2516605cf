using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>CMAC with AES (NIST SP 800-38B): keys of 128, 192 and 256 bits, a code of 16 bytes.</summary>
internal static class AesCmac
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.AesCmac, "NIST SP 800-38B")
    {
        Key = ObjectType.Aes,
        Size = 16,
        Providers = [OpenSslCmac.Provider(128, bits => $"AES-{bits}-CBC"), BouncyCastleMac.AesCmac],
    };
}
