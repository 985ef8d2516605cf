using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>A digest or a MAC under way; upstream has the same calls for both.</summary>
/// <param name="algorithm">Its row.</param>
/// <param name="key">The key of a MAC, which is its own; null for a digest.</param>
/// <param name="engine">The library's part, which is its own.</param>
/// <param name="digest">Room for a digest, of which parts may be told one after the other; its own. Null for a MAC; of a digest without end it only counts.</param>
internal sealed class HashState(HashAlgorithm algorithm, KeyObject? key, HashEngine engine, SecureBlock? digest)
    : CryptoState<HashEngine>(algorithm.Id, algorithm.Mode, engine)
{
    private int _told = -1; // bytes of the digest that were extracted; -1 while it is not complete
    private long _length; // of the message

    internal TeeResult Init()
    {
        using Lock.Scope held = Enter();
        if (key is null)
        {
            Engine.Begin([]);
        }
        else
        {
            using KeyObject.Loan loan = key.Lend();
            if (!loan.IsKey)
                return TeeResult.BadParameters;
            Engine.Begin(loan.Secret);
        }

        digest?.Span.Clear();
        (IsInitialized, _told, _length) = (true, -1, 0);
        return TeeResult.Success;
    }

    internal TeeResult Update(ReadOnlySpan<byte> chunk)
    {
        using Lock.Scope held = Enter();
        if (!IsInitialized || _told >= 0)
            return TeeResult.BadState;
        Engine.Update(chunk);
        _length += chunk.Length;
        return TeeResult.Success;
    }

    internal TeeResult Final(ReadOnlySpan<byte> chunk, Span<byte> result, out int size)
    {
        using Lock.Scope held = Enter();
        size = 0;
        if (!IsInitialized || _told >= 0)
            return TeeResult.BadState;
        size = algorithm.Size == 0 ? result.Length : algorithm.Size;
        if (result.Length < size)
            return TeeResult.ShortBuffer;
        if (algorithm.WholeBlocksOf != 0 && (_length + chunk.Length == 0 || (_length + chunk.Length) % algorithm.WholeBlocksOf != 0))
            return TeeResult.BadState;
        Engine.Update(chunk);
        Engine.Finish(result[..size]);
        IsInitialized = false;
        return TeeResult.Success;
    }

    internal TeeResult Extract(Span<byte> result, out int size)
    {
        using Lock.Scope held = Enter();
        size = 0;
        if (!IsInitialized || key is not null)
            return TeeResult.BadState;
        if (algorithm.Size == 0)
        {
            (_told, size) = (0, result.Length);
            Engine.Squeeze(result);
            return TeeResult.Success;
        }

        if (_told < 0)
        {
            Engine.Finish(digest!.Span);
            _told = 0;
        }

        size = Math.Min(result.Length, algorithm.Size - _told);
        digest!.Span.Slice(_told, size).CopyTo(result);
        _told += size;
        return TeeResult.Success;
    }

    protected override void CopyProgress(CryptoState source)
    {
        var other = (HashState)source;
        (_told, _length) = (other._told, other._length);
        if (digest is not null)
            other.Digest!.Span.CopyTo(digest.Span);
    }

    internal override void ForgetKey()
    {
        using Lock.Scope held = Enter();
        Engine.Forget();
        IsInitialized &= key is null;
    }

    protected override void End()
    {
        Engine.Dispose();
        digest?.Dispose();
        key?.Dispose();
    }

    private SecureBlock? Digest => digest;
}
