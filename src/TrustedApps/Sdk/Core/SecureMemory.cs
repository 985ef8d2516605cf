namespace RestrictedTee.Sdk;

/// <summary>
/// Memory in the TEE's secure RAM, zeroed when given and scrubbed when returned: the place for keys, which must not live on
/// the managed heap where the collector copies them about. Counts against the TA's data size.
/// </summary>
public abstract class SecureMemory : IDisposable
{
    /// <summary>Allocates (TEE_Malloc).</summary>
    /// <exception cref="TeeException">OutOfMemory: the TA's data size, or secure RAM, is used up.</exception>
    public static SecureMemory Allocate(int size) => TeeCore.Current.Memory.Allocate(size);

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">It was returned already.</exception>
    public abstract Span<byte> Span { get; }

    /// <summary>Scrubs and returns it (TEE_Free). What a TA forgets is returned when its instance ends.</summary>
    public abstract void Dispose();
}
