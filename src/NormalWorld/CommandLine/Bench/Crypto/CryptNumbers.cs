namespace RestrictedTee.CommandLine.Bench.Crypto;

/// <summary>Numbers of the Internal Core API that a client of the crypt TA has to name (OP-TEE/optee_os lib/libutee/include/tee_api_defines.h).</summary>
internal static class CryptNumbers
{
    internal const uint ModeEncrypt = 0;
    internal const uint ModeSign = 2;
    internal const uint ModeVerify = 3;
    internal const uint ModeDigest = 5;

    internal const uint Sha256 = 0x50000004;
    internal const uint AesCbcNoPad = 0x10000110;
    internal const uint AesCtr = 0x10000210;
    internal const uint AesXts = 0x10000410;
    internal const uint AesGcm = 0x40000810;
    internal const uint RsassaPkcs1Sha256 = 0x70004830;
    internal const uint EcdsaSha256 = 0x70003042;

    internal const uint Aes = 0xA0000010;
    internal const uint RsaKeyPair = 0xA1000030;
    internal const uint EcdsaKeyPair = 0xA1000041;
    internal const uint Ed25519KeyPair = 0xA1000043;
    internal const uint X25519KeyPair = 0xA1000044;

    internal const uint EccCurve = 0xF0000441;
    internal const uint CurveP256 = 3;
}
