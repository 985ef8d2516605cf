using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.Modes;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>CBC-MAC with AES (ISO/IEC 9797-1), of a message of whole blocks: a code of 16 bytes.</summary>
internal static class AesCbcMacNoPad
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.AesCbcMacNoPad, "ISO/IEC 9797-1, algorithm 1")
    {
        Key = ObjectType.Aes,
        Size = 16,
        WholeBlocksOf = 16,
        Providers = [CbcMac.Over(OpenSslCipher.Provider(128, bits => $"AES-{bits}-CBC"), 16, pads: false), CbcMac.Over(BouncyCastleCipher.AesCbc, 16, pads: false)],
    };
}
