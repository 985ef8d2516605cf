namespace RestrictedTee.Sdk;

/// <summary>
/// What the SDK needs of the TEE, one interface a chapter of the Internal Core API. The secure world implements them and binds
/// them to each of its threads, because every service is one to the session that runs on the calling thread.
/// </summary>
internal sealed class TeeCore
{
    [ThreadStatic]
    private static TeeCore? s_current;

    internal static TeeCore Current => s_current
        ?? throw new InvalidOperationException("The TEE's services can be used on the thread on which the TEE called the trusted application, and on no other.");

    /// <summary>GPD_SPE_010 section 4.4.</summary>
    internal required IPropertyServices Properties { get; init; }

    /// <summary>Sections 4.8 and 4.10.</summary>
    internal required IOperationServices Operation { get; init; }

    /// <summary>Section 4.9.</summary>
    internal required IClientServices Client { get; init; }

    /// <summary>Section 4.11.</summary>
    internal required IMemoryServices Memory { get; init; }

    /// <summary>Chapter 5, as far as objects go that are in no storage.</summary>
    internal required IObjectServices Objects { get; init; }

    /// <summary>Chapter 6.</summary>
    internal required ICryptoServices Crypto { get; init; }

    /// <summary>Chapter 7.</summary>
    internal required ITimeServices Time { get; init; }

    /// <summary>Restricted memory and traces: OP-TEE's and this project's own.</summary>
    internal required IExtensionServices Extensions { get; init; }

    internal void BindToThread() => s_current = this;
}
