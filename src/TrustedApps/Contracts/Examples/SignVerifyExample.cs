namespace RestrictedTee.Contracts;

/// <summary>
/// The sign_verify example (optee_examples/sign_verify/ta/include/sign_verify_ta.h): RSA signatures by a key that is made for one message.
/// </summary>
/// <remarks>
/// What it tells: a signature by a key that is gone. It has no secure-data-path property, so that no restricted memref, of any size above 0,
/// reaches it, be it from the normal world or from another TA.
/// A key that is too small for the signature panics the instance, as in the original.
/// </remarks>
public static class SignVerifyExample
{
    /// <summary>TA_SIGN_VERIFY_UUID.</summary>
    public const string UuidText = "f066f150-42af-404f-ae32-c8e6cd117e70";

    /// <summary>
    /// TA_RSA_SIGN_CMD_SIGN_VERIFY. In: memref[0] message, value[2].a an <see cref="Algorithm"/>, value[3].a bits of the key. Out: memref[1] a
    /// signature that has been verified; SHORT_BUFFER, with the size, when there is no room. NOT_SUPPORTED: there is no key of that size.
    /// </summary>
    public const uint CommandSignVerify = 0;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);

    /// <summary>TA_ALG_PKCS1_*.</summary>
    public enum Algorithm : uint
    {
        /// <summary>TA_ALG_PKCS1_PSS_MGF1_SHA1.</summary>
        PssSha1 = 0,

        /// <summary>TA_ALG_PKCS1_PSS_MGF1_SHA224.</summary>
        PssSha224 = 1,

        /// <summary>TA_ALG_PKCS1_PSS_MGF1_SHA256.</summary>
        PssSha256 = 2,

        /// <summary>TA_ALG_PKCS1_PSS_MGF1_SHA384.</summary>
        PssSha384 = 3,

        /// <summary>TA_ALG_PKCS1_PSS_MGF1_SHA512.</summary>
        PssSha512 = 4,

        /// <summary>TA_ALG_PKCS1_V1_5_SHA1.</summary>
        Pkcs1Sha1 = 5,

        /// <summary>TA_ALG_PKCS1_V1_5_SHA224.</summary>
        Pkcs1Sha224 = 6,

        /// <summary>TA_ALG_PKCS1_V1_5_SHA256.</summary>
        Pkcs1Sha256 = 7,

        /// <summary>TA_ALG_PKCS1_V1_5_SHA384.</summary>
        Pkcs1Sha384 = 8,

        /// <summary>TA_ALG_PKCS1_V1_5_SHA512.</summary>
        Pkcs1Sha512 = 9,
    }
}
