namespace RestrictedTee.Sdk;

/// <summary>
/// Cryptographic operations (GPD_SPE_010 chapter 6), in the shape of upstream's system calls (utee_cryp_state_*, utee_hash_*,
/// utee_cipher_* in lib/libutee/include/utee_syscalls.h): an operation is a handle, buffers are lent for the length of a call.
/// Ciphers take pieces of any size: a block that is not complete yet waits in the kernel.
/// </summary>
internal interface ICryptoServices
{
    /// <summary>utee_cryp_state_alloc. The keys are the operation's from then on.</summary>
    TeeResult Allocate(TeeAlgorithm algorithm, OperationMode mode, uint key1, uint key2, out uint handle);

    /// <summary>utee_cryp_state_copy.</summary>
    TeeResult Copy(uint destination, uint source);

    /// <summary>utee_cryp_state_free: wipes it, and its keys.</summary>
    TeeResult Free(uint handle);

    /// <summary>utee_hash_init.</summary>
    TeeResult HashInit(uint handle);

    /// <summary>utee_hash_update.</summary>
    TeeResult HashUpdate(uint handle, ReadOnlySpan<byte> chunk);

    /// <summary>utee_hash_final.</summary>
    /// <returns>ShortBuffer, with the size that is needed, and nothing has happened.</returns>
    TeeResult HashFinal(uint handle, ReadOnlySpan<byte> chunk, Span<byte> hash, out int size);

    /// <summary>
    /// The next bytes of the digest, which is complete from then on. Upstream's library keeps a digest of which a part has been
    /// told in the TA's memory; here it stays in the kernel, where no copy of it is left on a managed heap.
    /// </summary>
    TeeResult HashExtract(uint handle, Span<byte> hash, out int size);

    /// <summary>utee_cipher_init.</summary>
    TeeResult CipherInit(uint handle, ReadOnlySpan<byte> iv);

    /// <summary>utee_cipher_update.</summary>
    /// <returns>As <see cref="HashFinal"/>.</returns>
    TeeResult CipherUpdate(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size);

    /// <summary>utee_cipher_final.</summary>
    /// <returns>As <see cref="HashFinal"/>.</returns>
    TeeResult CipherFinal(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size);

    /// <summary>utee_authenc_init. All sizes are in bytes.</summary>
    /// <returns>NotSupported for a size of tag that there is none of.</returns>
    TeeResult AeInit(uint handle, ReadOnlySpan<byte> nonce, int tagSize, int aadSize, int payloadSize);

    /// <summary>utee_authenc_update_aad.</summary>
    TeeResult AeUpdateAad(uint handle, ReadOnlySpan<byte> data);

    /// <summary>utee_authenc_update_payload.</summary>
    TeeResult AeUpdate(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size);

    /// <summary>utee_authenc_enc_final.</summary>
    TeeResult AeEncryptFinal(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size, Span<byte> tag, out int tagSize);

    /// <summary>utee_authenc_dec_final.</summary>
    /// <returns>MacInvalid, and what this call has written is cleared.</returns>
    TeeResult AeDecryptFinal(uint handle, ReadOnlySpan<byte> source, Span<byte> destination, out int size, ReadOnlySpan<byte> tag);

    /// <summary>utee_asymm_operate: encrypts, decrypts or signs, by the operation's mode.</summary>
    /// <returns>ShortBuffer, with the size that is needed; CiphertextInvalid; BadParameters.</returns>
    TeeResult AsymmetricOperate(uint handle, ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size);

    /// <summary>utee_asymm_verify.</summary>
    /// <returns>SignatureInvalid.</returns>
    TeeResult AsymmetricVerify(uint handle, ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature);

    /// <summary>utee_cryp_derive_key, into an empty object with a secret value.</summary>
    TeeResult DeriveKey(uint handle, ReadOnlySpan<byte> parameters, uint derivedKey);

    /// <summary>Whether there is such an algorithm, on a curve where it is of one (TEE_IsAlgorithmSupported; upstream's library knows by itself).</summary>
    bool IsSupported(TeeAlgorithm algorithm, EccCurve curve);

    /// <summary>utee_cryp_random_number_generate.</summary>
    void GenerateRandom(Span<byte> bytes);
}
