using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.Modes;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>CBC-MAC with AES (ISO/IEC 9797-1), of a message that is padded as in PKCS #5: a code of 16 bytes.</summary>
internal static class AesCbcMacPkcs5
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.AesCbcMacPkcs5, "ISO/IEC 9797-1, algorithm 1; RFC 8018, 6.1.1")
    {
        Key = ObjectType.Aes,
        Size = 16,
        Providers = [CbcMac.Over(OpenSslCipher.Provider(128, bits => $"AES-{bits}-CBC"), 16, pads: true), CbcMac.Over(BouncyCastleCipher.AesCbc, 16, pads: true)],
    };
}
