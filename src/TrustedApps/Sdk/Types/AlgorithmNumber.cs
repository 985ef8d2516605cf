namespace RestrictedTee.Sdk;

/// <summary>What follows from the number of an algorithm alone (TEE_ALG_GET_* in lib/libutee/include/utee_defines.h).</summary>
internal static class AlgorithmNumber
{
    internal static OperationClass ClassOf(TeeAlgorithm algorithm) => algorithm switch
    {
        TeeAlgorithm.Sm2Pke or TeeAlgorithm.RsaesOaepMd5 => OperationClass.AsymmetricCipher,
        TeeAlgorithm.Sm2Kep => OperationClass.KeyDerivation,
        TeeAlgorithm.RsassaPkcs1 or TeeAlgorithm.RsassaPssMd5 => OperationClass.AsymmetricSignature,
        TeeAlgorithm.Des3Cmac => OperationClass.Mac,
        TeeAlgorithm.Sm4Xts => OperationClass.Cipher,
        _ => (OperationClass)((uint)algorithm >> 28),
    };

    /// <summary>The number by which an algorithm goes today: curves of ECDSA and ECDH had numbers of their own in GP's version 1.1, and others upstream.</summary>
    internal static TeeAlgorithm Current(TeeAlgorithm algorithm) => (uint)algorithm switch
    {
        0x7000_1041 => TeeAlgorithm.EcdsaSha1,
        0x7000_2041 => TeeAlgorithm.EcdsaSha224,
        0x7000_3041 => TeeAlgorithm.EcdsaSha256,
        0x7000_4041 => TeeAlgorithm.EcdsaSha384,
        0x7000_5041 => TeeAlgorithm.EcdsaSha512,
        0x8000_1042 or 0x8000_2042 or 0x8000_3042 or 0x8000_4042 or 0x8000_5042 => TeeAlgorithm.EcdhDeriveSharedSecret,
        _ => algorithm,
    };

    /// <summary>Bytes of a digest, or of a MAC; 0 where it has as many as one asks for.</summary>
    internal static int DigestSizeOf(TeeAlgorithm algorithm) => ((uint)algorithm & 0xFF, (uint)algorithm >> 8 & 0xF) switch
    {
        (0x01, 1) or (0x02, 1) => 0, // SHAKE
        (0x01, _) or (0x10, _) => 16,
        (0x02, _) => 20,
        (0x03 or 0x08, _) => 28,
        (0x04 or 0x07 or 0x09, _) => 32,
        (0x05 or 0x0A, _) => 48,
        (0x06 or 0x0B, _) => 64,
        _ => 8, // DES and triple DES
    };

    /// <summary>
    /// What digestLength tells of a signature: of DSA and ECDSA, whose algorithms upstream's library names by a digest, that digest's size in bytes;
    /// of all others 0, as GlobalPlatform has it.
    /// </summary>
    internal static int SignedSizeOf(TeeAlgorithm algorithm) => algorithm switch
    {
        TeeAlgorithm.DsaSha1 or TeeAlgorithm.EcdsaSha1 => 20,
        TeeAlgorithm.DsaSha224 or TeeAlgorithm.EcdsaSha224 => 28,
        TeeAlgorithm.DsaSha256 or TeeAlgorithm.EcdsaSha256 => 32,
        TeeAlgorithm.EcdsaSha384 => 48,
        TeeAlgorithm.EcdsaSha512 => 64,
        _ => 0,
    };

    /// <summary>Whether it takes two keys (TEE_HANDLE_FLAG_EXPECT_TWO_KEYS).</summary>
    internal static bool HasTwoKeys(TeeAlgorithm algorithm) => algorithm is TeeAlgorithm.AesXts or TeeAlgorithm.Sm4Xts or TeeAlgorithm.Sm2Kep;

    /// <summary>The type of the key that an operation makes room for: TEE_TYPE_* mostly has the algorithm's own low byte.</summary>
    internal static ObjectType KeyTypeOf(TeeAlgorithm algorithm, OperationMode mode)
    {
        bool isPrivate = mode is OperationMode.Sign or OperationMode.Derive || (mode == OperationMode.Decrypt && ClassOf(algorithm) == OperationClass.AsymmetricCipher);
        uint kind = algorithm switch
        {
            TeeAlgorithm.Sm2Pke => 0x47,
            TeeAlgorithm.Sm2Kep => 0x46,
            TeeAlgorithm.Ed448 => 0x48,
            TeeAlgorithm.X448 => 0x49,
            TeeAlgorithm.Hkdf => 0xC0,
            _ when IsEcdsa(algorithm) => 0x41,
            _ => (uint)algorithm & 0xFF,
        };
        return (ObjectType)((isPrivate ? 0xA100_0000u : 0xA000_0000u) | kind);
    }

    private static bool IsEcdsa(TeeAlgorithm algorithm) =>
        ClassOf(algorithm) == OperationClass.AsymmetricSignature && ((uint)algorithm & 0xFF) is 0x41 or 0x42;
}
