using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>CMAC with triple DES (NIST SP 800-38B): two or three keys of 64 bits, a code of 8 bytes.</summary>
internal static class Des3Cmac
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.Des3Cmac, "NIST SP 800-38B")
    {
        Key = ObjectType.Des3,
        Size = 8,
        Providers = [OpenSslCmac.Des("DES-EDE3-CBC"), BouncyCastleMac.DesCmac],
    };
}
