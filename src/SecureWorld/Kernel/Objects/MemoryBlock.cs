using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>Secure RAM that a TA has allocated for itself.</summary>
/// <param name="memory">The block, which is its own.</param>
internal sealed class MemoryBlock(SecureBlock memory) : KernelObject
{
    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">It was returned.</exception>
    internal Span<byte> Span => memory.Span;

    protected override void End() => memory.Dispose();
}
