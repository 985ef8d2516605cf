namespace RestrictedTee.Sdk;

/// <summary>What goes beyond GlobalPlatform: restricted memory, and OP-TEE's traces.</summary>
internal interface IExtensionServices
{
    /// <summary>Takes the restricted buffer of a parameter of the running call for the calling instance.</summary>
    /// <returns>BadParameters: not restricted, or no bytes of it; AccessDenied: another instance's; Busy: another is using it.</returns>
    TeeResult ClaimRestricted(int parameter, ReadOnlySpan<Guid> readers);

    /// <summary>As <see cref="ClaimRestricted"/>, for readers that need be no trusted applications.</summary>
    TeeResult LabelRestricted(int parameter, ReadOnlySpan<string> consumers);

    /// <summary>A line for the secure log.</summary>
    void Trace(TraceLevel level, string message);
}
