using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>Authenticated encryption under way.</summary>
/// <param name="algorithm">Its row.</param>
/// <param name="mode">Encrypt or decrypt.</param>
/// <param name="key">Its key, which is its own.</param>
/// <param name="engine">The library's part, which is its own.</param>
internal sealed class AeState(AeAlgorithm algorithm, OperationMode mode, KeyObject key, AeEngine engine)
    : CryptoState<AeEngine>(algorithm.Id, mode, engine)
{
    private int _tagSize;
    private bool _hasPayload;

    /// <returns>NotSupported for a tag of a size that there is none of.</returns>
    internal TeeResult Init(ReadOnlySpan<byte> nonce, int tagSize)
    {
        using Lock.Scope held = Enter();
        using KeyObject.Loan loan = key.Lend();
        if (loan.Secret.IsEmpty || nonce.IsEmpty || nonce.Length > algorithm.MaxNonceSize)
            return TeeResult.BadParameters;
        if (tagSize < algorithm.MinTagSize || tagSize > algorithm.MaxTagSize)
            return TeeResult.NotSupported;
        Engine.Begin(loan.Secret, nonce);
        (IsInitialized, _hasPayload, _tagSize) = (true, false, tagSize);
        return TeeResult.Success;
    }

    internal TeeResult UpdateAad(ReadOnlySpan<byte> data)
    {
        using Lock.Scope held = Enter();
        if (!IsInitialized || _hasPayload)
            return TeeResult.BadState;
        Engine.UpdateAad(data);
        return TeeResult.Success;
    }

    internal TeeResult Update(ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        using Lock.Scope held = Enter();
        TeeResult result = Admit(source, destination, out size);
        if (result == TeeResult.Success)
            Feed(source, destination[..size]);
        return result;
    }

    internal TeeResult EncryptFinal(ReadOnlySpan<byte> source, Span<byte> destination, out int size, Span<byte> tag, out int tagSize)
    {
        using Lock.Scope held = Enter();
        tagSize = _tagSize;
        TeeResult result = Admit(source, destination, out size);
        if (result == TeeResult.Success && Mode != OperationMode.Encrypt)
            result = TeeResult.BadParameters;
        if (result == TeeResult.Success && tag.Length < tagSize)
            result = TeeResult.ShortBuffer;
        if (result != TeeResult.Success)
            return result;
        Feed(source, destination[..size]);
        Engine.Finish(tag[..tagSize]);
        EndMessage();
        return TeeResult.Success;
    }

    /// <returns>MacInvalid when the tag is wrong: what this call has written is cleared, what earlier ones have is the caller's to forget.</returns>
    internal TeeResult DecryptFinal(ReadOnlySpan<byte> source, Span<byte> destination, out int size, ReadOnlySpan<byte> tag)
    {
        using Lock.Scope held = Enter();
        TeeResult result = Admit(source, destination, out size);
        if (result == TeeResult.Success && Mode != OperationMode.Decrypt)
            result = TeeResult.BadParameters;
        if (result != TeeResult.Success)
            return result;
        Feed(source, destination[..size]);
        // The tag may lie in memory that changes, but the library looks at it once.
        bool isRight = tag.Length == _tagSize && Engine.Verify(tag);
        EndMessage();
        if (isRight)
            return TeeResult.Success;
        destination[..size].Clear();
        size = 0;
        return TeeResult.MacInvalid;
    }

    protected override void CopyProgress(CryptoState source)
    {
        var other = (AeState)source;
        (_hasPayload, _tagSize) = (other._hasPayload, other._tagSize);
    }

    internal override void ForgetKey()
    {
        using Lock.Scope held = Enter();
        EndMessage();
    }

    protected override void End()
    {
        Engine.Dispose();
        key.Dispose();
    }

    private TeeResult Admit(ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        size = 0;
        if (!IsInitialized)
            return TeeResult.BadState;
        size = source.Length;
        if (destination.Length < size)
            return TeeResult.ShortBuffer;
        return AreApartOrSame(source, destination[..size]) ? TeeResult.Success : TeeResult.BadParameters;
    }

    private void Feed(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        _hasPayload |= !source.IsEmpty;
        Engine.Update(source, destination);
    }

    /// <summary>The message has ended; the next one needs a nonce of its own.</summary>
    private void EndMessage()
    {
        Engine.Forget();
        IsInitialized = false;
    }
}
