namespace RestrictedTee.Sdk;

/// <summary>Memory management (GPD_SPE_010 section 4.11).</summary>
internal interface IMemoryServices
{
    /// <summary>A block of secure RAM, within the calling TA's quota.</summary>
    /// <exception cref="TeeException">OutOfMemory.</exception>
    SecureMemory Allocate(int size);
}
