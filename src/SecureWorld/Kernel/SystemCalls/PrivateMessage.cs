using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.SecretMemory;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>
/// A message that is looked at twice: where somebody else may write to it meanwhile, a copy. A signature by Ed25519 or Ed448 of which the first
/// half is of one message and the second of another gives the key away.
/// </summary>
internal readonly ref struct PrivateMessage
{
    private readonly SecretMapping? _copy;

    /// <exception cref="IOException">There is no memory for a copy.</exception>
    internal PrivateMessage(CallFrame caller, ReadOnlySpan<byte> message)
    {
        Bytes = message;
        if (message.IsEmpty || !CallerMemory.MayChange(caller, message))
            return;
        _copy = SecretMapping.Create(message.Length, SecretMemoryChoice.Off);
        message.CopyTo(_copy.Span);
        Bytes = _copy.Span[..message.Length];
    }

    /// <summary>What is signed.</summary>
    internal ReadOnlySpan<byte> Bytes { get; }

    public void Dispose() => _copy?.Dispose();
}
