namespace RestrictedTee.Contracts;

/// <summary>The ecdsa example (optee_examples/ecdsa/ta/include/ecdsa_ta.h): digest, pair of keys, signature, in that order.</summary>
/// <remarks>
/// What it tells: signatures of what the client gives, by a key that nobody else has or gets to know. It has no secure-data-path property, so that
/// no restricted memref, of any size above 0, reaches it, be it from the normal world or from another TA.
/// </remarks>
public static class EcdsaExample
{
    /// <summary>TA_ECDSA_UUID.</summary>
    public const string UuidText = "1945e8e7-0278-4bfb-bb99-af1080b2a934";

    /// <summary>
    /// TA_ECDSA_CMD_COMPUTE_DIGEST. In: memref[0] message, value[2].a the algorithm, GlobalPlatform's number of ECDSA with SHA-1, SHA-224, SHA-256,
    /// SHA-384 or SHA-512: the session's from now on. Out: memref[1] the digest that is of it; SHORT_BUFFER, with the size, which the original does
    /// not tell.
    /// </summary>
    public const uint CommandComputeDigest = 0;

    /// <summary>
    /// TA_ECDSA_GEN_KEY: a pair of keys on the curve that goes with the algorithm, P-192 to P-521. BAD_PARAMETERS before there is one.
    /// </summary>
    public const uint CommandGenerateKey = 1;

    /// <summary>
    /// TA_ECDSA_SIGN_VERIFY_DIGEST. In: memref[0] digest, of the algorithm's size (the original signs any). Out: memref[1] a signature that has
    /// been verified; SHORT_BUFFER, with the size, when there is no room. NOT_SUPPORTED before there are algorithm and key.
    /// </summary>
    public const uint CommandSignVerifyDigest = 2;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
