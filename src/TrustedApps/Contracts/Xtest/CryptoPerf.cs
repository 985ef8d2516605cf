namespace RestrictedTee.Contracts;

/// <summary>
/// The crypto_perf TA (optee_test ta/crypto_perf/include/ta_crypto_perf.h), against which <c>xtest --aes-perf</c>, <c>--sha-perf</c> and
/// <c>--asym-perf</c> measure. A session has one operation and one key, and works with them as often as it is told to.
/// </summary>
/// <remarks>
/// What it tells: what comes of fixed keys, or of keys of its own, and what the client passed. It has no secure-data-path property, so that no
/// restricted memref, of any size above 0, reaches it, be it from the normal world or from another TA.
/// </remarks>
public static partial class CryptoPerf
{
    /// <summary>TA_CRYPTO_PERF_UUID.</summary>
    public const string UuidText = "02a42f43-d8b7-4a57-aa4d-87bd9b5587cb";

    /// <summary>In: value[0].a 0 to encrypt, else to decrypt, .b bits of the key, value[1].a a <see cref="Cipher"/>. Begins with a fixed key.</summary>
    public const uint CommandCipherPrepareKey = 0;

    /// <summary>In and out: memref[0] source, memref[1] destination. In: value[2].a how often, .b bytes in each call, 0 for all.</summary>
    public const uint CommandCipherProcess = 1;

    /// <summary>The same, looking whether the memory is restricted.</summary>
    public const uint CommandCipherProcessSdp = 2;

    /// <summary>In: value[0].a a <see cref="Hash"/>. Begins, with a fixed key where it takes one.</summary>
    public const uint CommandHashPrepare = 3;

    /// <summary>In: memref[0] message, value[2].a how often, .b offset of its first byte. Out: memref[1], whose size stays as it is.</summary>
    public const uint CommandHashProcess = 4;

    /// <summary>In: value[0].a an <see cref="Algorithm"/>, .b bits of the key, value[1].a a <see cref="Mode"/>. Makes room for a key.</summary>
    public const uint CommandAsymmetricPrepareObject = 5;

    /// <summary>In: value[0].a an <see cref="Algorithm"/>, memref[1] message. In and out: memref[2] the digest that the prepared algorithm signs.</summary>
    public const uint CommandAsymmetricPrepareHash = 6;

    /// <summary>In: value[0].a bits of the key, .b a <see cref="Mode"/>, value[1].a an <see cref="Algorithm"/>, .b an <see cref="RsaScheme"/>, memref[2] packed attributes.</summary>
    public const uint CommandAsymmetricPrepareKeyPair = 7;

    /// <summary>
    /// In: memref[0] message or digest, value[2].a a <see cref="Mode"/>, memref[3] packed attributes. Out: memref[1] what that is to decrypt or verify.
    /// </summary>
    public const uint CommandAsymmetricPrepareEncryptSign = 8;

    /// <summary>In and out: memref[0] packed attributes, for all calls to come.</summary>
    public const uint CommandAsymmetricPrepareAttributes = 9;

    /// <summary>In: value[0].a bits of the key, .b how many to make.</summary>
    public const uint CommandAsymmetricGenerateKeyPair = 10;

    /// <summary>In: value[0].a how often, .b a <see cref="Mode"/>, memref[1]. Out: memref[2], or what is to be verified; its size stays as it is.</summary>
    public const uint CommandAsymmetricProcess = 11;

    /// <summary>Forgets the attributes.</summary>
    public const uint CommandAsymmetricFreeAttributes = 12;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
