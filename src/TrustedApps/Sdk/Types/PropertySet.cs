namespace RestrictedTee.Sdk;

/// <summary>TEE_PROPSET_*.</summary>
public enum PropertySet : uint
{
    /// <summary>TEE_PROPSET_TEE_IMPLEMENTATION.</summary>
    TeeImplementation = 0xFFFFFFFD,

    /// <summary>TEE_PROPSET_CURRENT_CLIENT.</summary>
    CurrentClient = 0xFFFFFFFE,

    /// <summary>TEE_PROPSET_CURRENT_TA.</summary>
    CurrentTa = 0xFFFFFFFF,
}
