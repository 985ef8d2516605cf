namespace RestrictedTee.Contracts;

/// <summary>The ecdh example (optee_examples/ecdh/ta/include/ecdh_ta.h): two pairs of keys agree on a secret.</summary>
/// <remarks>
/// What it tells: a secret that nobody uses. It has no secure-data-path property, so that no restricted memref, of any size above 0,
/// reaches it, be it from the normal world or from another TA.
/// </remarks>
public static class EcdhExample
{
    /// <summary>TA_ECDH_UUID.</summary>
    public const string UuidText = "50c82425-94da-4072-a3e0-58ef063767c0";

    /// <summary>
    /// TA_ECDH_CMD_DERIVE_SELFTEST. In: value[0].a a <see cref="Curve"/>. Out: memref[3] the secret, as long as the curve's numbers; SHORT_BUFFER,
    /// with the size, when there is no room.
    /// </summary>
    public const uint CommandDeriveSelfTest = 0;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);

    /// <summary>TA_ECDH_ECC_CURVE_*.</summary>
    public enum Curve : uint
    {
        /// <summary>TA_ECDH_ECC_CURVE_NIST_P192.</summary>
        NistP192 = 0,

        /// <summary>TA_ECDH_ECC_CURVE_NIST_P224.</summary>
        NistP224 = 1,

        /// <summary>TA_ECDH_ECC_CURVE_NIST_P256.</summary>
        NistP256 = 2,

        /// <summary>TA_ECDH_ECC_CURVE_NIST_P384.</summary>
        NistP384 = 3,
    }
}
