namespace RestrictedTee.Sdk;

/// <summary>What a property is (enum user_ta_prop_type, OP-TEE/optee_os lib/libutee/include/user_ta_header.h).</summary>
public enum PropertyType : uint
{
    /// <summary>A byte, 0 or 1.</summary>
    Boolean = 0,

    /// <summary>A number of 32 bits.</summary>
    UInt32 = 1,

    /// <summary>A UUID.</summary>
    Uuid = 2,

    /// <summary>A login class and a UUID.</summary>
    Identity = 3,

    /// <summary>Text.</summary>
    String = 4,

    /// <summary>Bytes, as text in base 64.</summary>
    BinaryBlock = 5,

    /// <summary>A number of 64 bits.</summary>
    UInt64 = 6,
}
