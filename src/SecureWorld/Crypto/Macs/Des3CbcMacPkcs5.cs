using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.Modes;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>CBC-MAC with triple DES (ISO/IEC 9797-1), of a message that is padded as in PKCS #5: a code of 8 bytes.</summary>
internal static class Des3CbcMacPkcs5
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.Des3CbcMacPkcs5, "ISO/IEC 9797-1, algorithm 1; RFC 8018, 6.1.1")
    {
        Key = ObjectType.Des3,
        Size = 8,
        Providers = [CbcMac.Over(OpenSslCipher.Des("DES-EDE3-CBC"), 8, pads: true), CbcMac.Over(BouncyCastleCipher.DesCbc, 8, pads: true)],
    };
}
