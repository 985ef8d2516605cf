using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>
/// What a client gives lies in memory that it can change at any time, also while the TA looks at it. What is looked at twice (checked and then used,
/// signed and then verified) is copied first, and from then on the copy alone is used.
/// </summary>
internal static class PrivateCopies
{
    /// <summary>The bytes once more, in secure RAM. Dispose it.</summary>
    /// <exception cref="TeeException">OutOfMemory: there are more than the TA may hold.</exception>
    internal static SecureMemory ToPrivate(this MemrefInput memory)
    {
        SecureMemory copy = SecureMemory.Allocate(memory.Span.Length);
        memory.Span.CopyTo(copy.Span);
        return copy;
    }
}
