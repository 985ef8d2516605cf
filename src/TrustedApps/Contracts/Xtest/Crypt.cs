namespace RestrictedTee.Contracts;

/// <summary>The crypt TA (optee_test ta/crypt/include/ta_crypt.h): the cryptography of the Internal Core API, call by call. Objects and operations are numbers of the TA's own, from 1.</summary>
/// <remarks>
/// Packed attributes: how many, then for each its identifier and two numbers, all of 4 bytes, in the order of the machine; the two are the value, or,
/// of bytes, where they lie from the start of the memref, and how many.
/// What it tells: digests and ciphertext of ranges that the client chooses, which would be an oracle over restricted memory. It
/// has no secure-data-path property, so that no restricted memref, of any size above 0, reaches it, be it from the
/// normal world or from another TA. The key of the AES commands is a published test vector; every other key is the client's, who may read it back.
/// Those of certificates sign whatever subject a client asks for, with a key that is published with the TA: what they sign proves nothing.
/// </remarks>
public static partial class Crypt
{
    /// <summary>TA_CRYPT_UUID.</summary>
    public const string UuidText = "cb3e5ba0-adf1-11e0-998b-0002a5d5c51b";

    /// <summary>In: memref[0]. Out: memref[1], of 28 bytes at least, the SHA-224 digest; its size stays.</summary>
    public const uint CommandSha224 = 1;

    /// <summary>In: memref[0]. Out: memref[1], of 32 bytes at least, the SHA-256 digest; its size stays.</summary>
    public const uint CommandSha256 = 2;

    /// <summary>In: memref[0], whole blocks. Out: memref[1]. AES-256 ECB with the TA's fixed key.</summary>
    public const uint CommandAes256EcbEncrypt = 3;

    /// <summary>The reverse of <see cref="CommandAes256EcbEncrypt"/>.</summary>
    public const uint CommandAes256EcbDecrypt = 4;

    /// <summary>TEE_AllocateOperation. In: value[0].b algorithm, value[1].a mode, value[1].b largest key in bits. Out: value[0].a operation.</summary>
    public const uint CommandAllocateOperation = 5;

    /// <summary>TEE_FreeOperation. In: value[0].a operation.</summary>
    public const uint CommandFreeOperation = 6;

    /// <summary>TEE_GetOperationInfo. In: value[0].a operation. Out: memref[1], the eight numbers of TEE_OperationInfo.</summary>
    public const uint CommandGetOperationInfo = 7;

    /// <summary>TEE_ResetOperation. In: value[0].a operation.</summary>
    public const uint CommandResetOperation = 8;

    /// <summary>TEE_SetOperationKey. In: value[0].a operation, value[0].b key, or 0.</summary>
    public const uint CommandSetOperationKey = 9;

    /// <summary>TEE_SetOperationKey2. In: value[0].a operation, value[0].b and value[1].a the keys, or 0 twice.</summary>
    public const uint CommandSetOperationKey2 = 10;

    /// <summary>TEE_CopyOperation. In: value[0].a destination, value[0].b source.</summary>
    public const uint CommandCopyOperation = 11;

    /// <summary>TEE_DigestUpdate. In: value[0].a operation, memref[1] chunk.</summary>
    public const uint CommandDigestUpdate = 12;

    /// <summary>TEE_DigestDoFinal. In: value[0].a operation, memref[1] chunk. Out: memref[2] digest.</summary>
    public const uint CommandDigestDoFinal = 13;

    /// <summary>TEE_CipherInit. In: value[0].a operation, memref[1] IV, or nothing.</summary>
    public const uint CommandCipherInit = 14;

    /// <summary>TEE_CipherUpdate. In: value[0].a operation, memref[1] source. Out: memref[2] destination.</summary>
    public const uint CommandCipherUpdate = 15;

    /// <summary>TEE_CipherDoFinal, as <see cref="CommandCipherUpdate"/>.</summary>
    public const uint CommandCipherDoFinal = 16;

    /// <summary>TEE_MACInit. In: value[0].a operation, memref[1] IV, or nothing.</summary>
    public const uint CommandMacInit = 17;

    /// <summary>TEE_MACUpdate. In: value[0].a operation, memref[1] chunk.</summary>
    public const uint CommandMacUpdate = 18;

    /// <summary>TEE_MACComputeFinal. In: value[0].a operation, memref[1] message. Out: memref[2] code.</summary>
    public const uint CommandMacFinalCompute = 19;

    /// <summary>TEE_MACCompareFinal. In: value[0].a operation, memref[1] message, memref[2] code.</summary>
    public const uint CommandMacFinalCompare = 20;

    /// <summary>TEE_AllocateTransientObject. In: value[0].a type, value[0].b largest size in bits. Out: value[1].a object.</summary>
    public const uint CommandAllocateTransientObject = 21;

    /// <summary>TEE_FreeTransientObject. In: value[0].a object.</summary>
    public const uint CommandFreeTransientObject = 22;

    /// <summary>TEE_ResetTransientObject. In: value[0].a object.</summary>
    public const uint CommandResetTransientObject = 23;

    /// <summary>TEE_PopulateTransientObject. In: value[0].a object, memref[1] packed attributes.</summary>
    public const uint CommandPopulateTransientObject = 24;

    /// <summary>TEE_CopyObjectAttributes1. In: value[0].a destination, value[0].b source.</summary>
    public const uint CommandCopyObjectAttributes = 25;

    /// <summary>TEE_GenerateKey. In: value[0].a object, value[0].b size in bits, memref[1] packed attributes.</summary>
    public const uint CommandGenerateKey = 26;

    /// <summary>TEE_AsymmetricEncrypt. In: value[0].a operation, memref[1] packed attributes, memref[2] source. Out: memref[3] destination.</summary>
    public const uint CommandAsymmetricEncrypt = 27;

    /// <summary>TEE_AsymmetricDecrypt, as <see cref="CommandAsymmetricEncrypt"/>.</summary>
    public const uint CommandAsymmetricDecrypt = 28;

    /// <summary>TEE_AsymmetricSignDigest. In: value[0].a operation, memref[1] packed attributes, memref[2] digest. Out: memref[3] signature.</summary>
    public const uint CommandAsymmetricSignDigest = 29;

    /// <summary>TEE_AsymmetricVerifyDigest. In: value[0].a operation, memref[1] packed attributes, memref[2] digest, memref[3] signature.</summary>
    public const uint CommandAsymmetricVerifyDigest = 30;

    /// <summary>TEE_DeriveKey. In: value[0].a operation, value[0].b object, memref[1] packed attributes.</summary>
    public const uint CommandDeriveKey = 31;

    /// <summary>TEE_GenerateRandom. Out: memref[0].</summary>
    public const uint CommandRandomNumberGenerate = 32;

    /// <summary>TEE_AEInit. In: value[0].a operation, value[0].b tag in bytes, memref[1] nonce, value[2].a additional data, value[2].b payload, in bytes.</summary>
    public const uint CommandAeInit = 33;

    /// <summary>TEE_AEUpdateAAD. In: value[0].a operation, memref[1] data.</summary>
    public const uint CommandAeUpdateAad = 34;

    /// <summary>TEE_AEUpdate. In: value[0].a operation, memref[1] source. Out: memref[2] destination.</summary>
    public const uint CommandAeUpdate = 35;

    /// <summary>TEE_AEEncryptFinal. In: value[0].a operation, memref[1] source. Out: memref[2] destination, memref[3] tag.</summary>
    public const uint CommandAeEncryptFinal = 36;

    /// <summary>TEE_AEDecryptFinal. In: value[0].a operation, memref[1] source, memref[3] tag. Out: memref[2] destination.</summary>
    public const uint CommandAeDecryptFinal = 37;

    /// <summary>TEE_GetObjectBufferAttribute. In: value[0].a object, value[0].b attribute. Out: memref[1].</summary>
    public const uint CommandGetObjectBufferAttribute = 38;

    /// <summary>TEE_GetObjectValueAttribute. In: value[0].a object, value[0].b attribute. Out: value[1].</summary>
    public const uint CommandGetObjectValueAttribute = 39;

    /// <summary>Sets a global variable. In: value[0].a.</summary>
    public const uint CommandSetGlobal = 40;

    /// <summary>Out: value[0].a, what <see cref="CommandSetGlobal"/> has set.</summary>
    public const uint CommandGetGlobal = 41;

    /// <summary>Tests of known answers, of what the original takes from mbedTLS. GENERIC when one fails.</summary>
    public const uint CommandMbedtlsSelfTests = 42;

    /// <summary>
    /// In: memref[0] a certificate and what leads from it to the anchor, memref[1] the anchor; text with a zero at its end, or one certificate as DER.
    /// BAD_FORMAT when either is none, and when the chain does not lead there.
    /// </summary>
    public const uint CommandMbedtlsCheckCert = 43;

    /// <summary>
    /// In: memref[0] a request (PKCS#10), as text with a zero at its end or DER. Out: memref[1] the certificate, memref[2] those of who signed it and of the
    /// root; text with a zero at its end. The size of memref[1] stays when there is room, and that of memref[2] counts its zero. BAD_FORMAT; SHORT_BUFFER.
    /// </summary>
    public const uint CommandMbedtlsSignCert = 44;

    /// <summary>Adds entropy by the system pseudo TA. In: memref[0], of one byte at least.</summary>
    public const uint CommandSeedRngPool = 45;

    /// <summary>Derives keys by the system pseudo TA and checks that they are as they should be.</summary>
    public const uint CommandDeriveTaUniqueKey = 77;

    /// <summary>The same into the client's memory, which is to fail. In: memref[0] extra data. Out: memref[1] key.</summary>
    public const uint CommandDeriveTaUniqueKeyShm = 78;

    /// <summary>TEE_IsAlgorithmSupported. In: value[0].a algorithm, value[0].b element. Out: value[1].a result.</summary>
    public const uint CommandIsAlgorithmSupported = 79;

    /// <summary>TEE_DigestExtract. In: value[0].a operation. Out: memref[1] digest.</summary>
    public const uint CommandDigestExtract = 80;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
