using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.Modes;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Macs;

/// <summary>CBC-MAC with triple DES (ISO/IEC 9797-1), of a message of whole blocks: a code of 8 bytes.</summary>
internal static class Des3CbcMacNoPad
{
    internal static MacAlgorithm Row { get; } = new(TeeAlgorithm.Des3CbcMacNoPad, "ISO/IEC 9797-1, algorithm 1")
    {
        Key = ObjectType.Des3,
        Size = 8,
        WholeBlocksOf = 8,
        Providers = [CbcMac.Over(OpenSslCipher.Des("DES-EDE3-CBC"), 8, pads: false), CbcMac.Over(BouncyCastleCipher.DesCbc, 8, pads: false)],
    };
}
