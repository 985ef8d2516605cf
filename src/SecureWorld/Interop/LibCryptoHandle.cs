using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>A context of the library's: one operation with its key, wherever it has got. The library cleanses what it frees.</summary>
internal abstract class LibCryptoHandle : SafeHandle
{
    protected LibCryptoHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>A handle that owns what the library makes.</summary>
    /// <param name="make">The library's call; 0 means that it has no memory.</param>
    /// <exception cref="InsufficientMemoryException">There is no memory, or no library.</exception>
    protected static T Created<T>(Func<nint> make)
        where T : LibCryptoHandle, new()
    {
        var context = new T();
        context.SetHandle(LibCrypto.IsAvailable ? make() : 0);
        return context.IsInvalid ? throw new InsufficientMemoryException("libcrypto has no memory for an operation.") : context;
    }
}
