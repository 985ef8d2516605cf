using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>Authenticated encryption under way. Where it goes block by block, what does not fill one yet waits in secure RAM.</summary>
/// <param name="algorithm">Its row.</param>
/// <param name="mode">Encrypt or decrypt.</param>
/// <param name="key">Its key, which is its own.</param>
/// <param name="engine">The library's part, which is its own.</param>
/// <param name="block">Room for what waits, which is its own; null where a block is a byte, and nothing waits.</param>
internal sealed class AeState(AeAlgorithm algorithm, OperationMode mode, KeyObject key, AeEngine engine, SecureBlock? block)
    : CryptoState<AeEngine>(algorithm.Id, mode, engine)
{
    private AeSizes _sizes;
    private long _aad; // bytes of it so far
    private long _payload; // likewise, with what waits
    private int _waiting;

    /// <returns>NotSupported for a tag of a size that there is none of.</returns>
    internal TeeResult Init(ReadOnlySpan<byte> nonce, AeSizes sizes)
    {
        using Lock.Scope held = Enter();
        using KeyObject.Loan loan = key.Lend();
        if (!loan.IsKey || nonce.Length < algorithm.MinNonceSize || nonce.Length > algorithm.MaxNonceSize || sizes.Aad < 0 || sizes.Payload < 0)
            return TeeResult.BadParameters;
        if (!algorithm.TagSizes.Contains(sizes.Tag))
            return TeeResult.NotSupported;
        if (algorithm.NeedsSizes && !algorithm.HasRoom(nonce.Length, sizes.Payload))
            return TeeResult.BadParameters;
        Engine.Begin(loan.Secret, nonce, sizes);
        (IsInitialized, _sizes, _aad, _payload, _waiting) = (true, sizes, 0, 0, 0);
        return TeeResult.Success;
    }

    internal TeeResult UpdateAad(ReadOnlySpan<byte> data)
    {
        using Lock.Scope held = Enter();
        if (!IsInitialized || _payload != 0)
            return TeeResult.BadState;
        if (algorithm.NeedsSizes && _aad + data.Length > _sizes.Aad)
            return TeeResult.BadParameters;
        _aad += data.Length;
        Engine.UpdateAad(data);
        return TeeResult.Success;
    }

    internal TeeResult Update(ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        using Lock.Scope held = Enter();
        TeeResult result = Admit(source, destination, isLast: false, out size);
        if (result == TeeResult.Success)
            Feed(source, destination[..size]);
        return result;
    }

    internal TeeResult EncryptFinal(ReadOnlySpan<byte> source, Span<byte> destination, out int size, Span<byte> tag, out int tagSize)
    {
        using Lock.Scope held = Enter();
        tagSize = _sizes.Tag;
        TeeResult result = Admit(source, destination, isLast: true, out size);
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
        TeeResult result = Admit(source, destination, isLast: true, out size);
        if (result == TeeResult.Success && Mode != OperationMode.Decrypt)
            result = TeeResult.BadParameters;
        if (result != TeeResult.Success)
            return result;
        Feed(source, destination[..size]);
        // The tag may lie in memory that changes, but the library looks at it once.
        bool isRight = tag.Length == _sizes.Tag && Engine.Verify(tag);
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
        (_sizes, _aad, _payload, _waiting) = (other._sizes, other._aad, other._payload, other._waiting);
        if (block is not null)
            other.Block!.Span.CopyTo(block.Span);
    }

    internal override void ForgetKey()
    {
        using Lock.Scope held = Enter();
        EndMessage();
    }

    protected override void End()
    {
        Engine.Dispose();
        block?.Dispose();
        key.Dispose();
    }

    private SecureBlock? Block => block;

    private TeeResult Admit(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int size)
    {
        size = 0;
        if (!IsInitialized)
            return TeeResult.BadState;
        long total = (long)_waiting + source.Length;
        if (total > int.MaxValue)
            return TeeResult.BadParameters;
        size = (int)(isLast ? total : total - (total % algorithm.BlockSize));
        if (destination.Length < size)
            return TeeResult.ShortBuffer;
        return AreApartOrSame(source, destination[..size]) && IsAsTold(_payload + source.Length, isLast) ? TeeResult.Success : TeeResult.BadParameters;
    }

    /// <summary>Whether the message has the sizes that it was begun with, where those matter.</summary>
    private bool IsAsTold(long payload, bool isLast) => !algorithm.NeedsSizes
        || (_aad == _sizes.Aad && (isLast ? payload == _sizes.Payload : payload <= _sizes.Payload));

    /// <summary>Ciphers as many bytes as the destination has, those that wait first, and lets the rest wait.</summary>
    private void Feed(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        _payload += source.Length;
        if (_waiting != 0)
        {
            FeedAfterWaiting(source, destination);
            return;
        }

        Engine.Update(source[..destination.Length], destination);
        Keep(source[destination.Length..]);
    }

    /// <summary>The two may be one memory: of each stride no more is written than was read, and as much as waited at first stays behind.</summary>
    private void FeedAfterWaiting(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        const int Stride = 1024;
        Span<byte> text = stackalloc byte[Stride + (2 * algorithm.BlockSize)];
        int held = _waiting;
        block!.Span[..held].CopyTo(text);
        while (!source.IsEmpty)
        {
            int count = Math.Min(source.Length, Stride), written = Math.Min(count, destination.Length);
            source[..count].CopyTo(text[held..]);
            Engine.Update(text[..written], destination[..written]);
            text[written..(held + count)].CopyTo(text);
            held += count - written;
            source = source[count..];
            destination = destination[written..];
        }

        Engine.Update(text[..destination.Length], destination);
        Keep(text[destination.Length..held]);
        CryptographicOperations.ZeroMemory(text);
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (!rest.IsEmpty)
            rest.CopyTo(block!.Span);
        _waiting = rest.Length;
    }

    /// <summary>The message has ended; the next one needs a nonce of its own.</summary>
    private void EndMessage()
    {
        Engine.Forget();
        block?.Span.Clear();
        (IsInitialized, _waiting) = (false, 0);
    }
}
