namespace RestrictedTee.Sdk;

/// <summary>TEE_ipSocket_ipVersion (GPD_SPE_101 and 103).</summary>
public enum IpVersion
{
    /// <summary>TEE_IP_VERSION_DC: either, as the name of the host has it.</summary>
    Any = 0,

    /// <summary>TEE_IP_VERSION_4.</summary>
    Version4 = 1,

    /// <summary>TEE_IP_VERSION_6.</summary>
    Version6 = 2,
}
