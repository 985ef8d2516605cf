using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>A cipher under way. An engine takes whole blocks; what does not fill one yet, or may be the last, waits in secure RAM.</summary>
/// <param name="algorithm">Its row.</param>
/// <param name="mode">Encrypt or decrypt.</param>
/// <param name="key">Its key, which is its own.</param>
/// <param name="key2">Its second key, likewise; null where it has one only.</param>
/// <param name="engine">The library's part, which is its own.</param>
/// <param name="block">Room for what waits, two blocks, which is its own; null where a block is a byte, and nothing waits.</param>
internal sealed class CipherState(CipherAlgorithm algorithm, OperationMode mode, KeyObject key, KeyObject? key2, CipherEngine engine, SecureBlock? block)
    : CryptoState<CipherEngine>(algorithm.Id, mode, engine)
{
    private int _waiting;

    internal TeeResult Init(ReadOnlySpan<byte> iv)
    {
        using Lock.Scope held = Enter();
        if (iv.Length != algorithm.IvSize)
            return TeeResult.BadParameters;
        TeeResult result = key2 is null ? Begin(iv) : BeginWithTwoKeys(key2, iv);
        (IsInitialized, _waiting) = (result == TeeResult.Success, 0);
        return result;
    }

    internal TeeResult Update(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int size)
    {
        using Lock.Scope held = Enter();
        size = 0;
        if (!IsInitialized)
            return TeeResult.BadState;
        long total = (long)_waiting + source.Length;
        if (total > int.MaxValue || (isLast && !IsEnd((int)total)))
            return TeeResult.BadParameters;
        size = isLast ? (int)total : Ready((int)total);
        if (destination.Length < size)
            return TeeResult.ShortBuffer;
        destination = destination[..size];
        if (!AreApartOrSame(source, destination))
            return TeeResult.BadParameters;
        if (_waiting != 0 && source.Overlaps(destination))
            FeedInPlace(source, destination, isLast);
        else
            Feed(source, destination, isLast);
        IsInitialized = !isLast;
        return TeeResult.Success;
    }

    protected override void CopyProgress(CryptoState source)
    {
        var other = (CipherState)source;
        _waiting = other._waiting;
        if (block is not null)
            other.Block!.Span.CopyTo(block.Span);
    }

    internal override void ForgetKey()
    {
        using Lock.Scope held = Enter();
        Engine.Forget();
        block?.Span.Clear();
        (IsInitialized, _waiting) = (false, 0);
    }

    protected override void End()
    {
        Engine.Dispose();
        block?.Dispose();
        key.Dispose();
        key2?.Dispose();
    }

    private SecureBlock? Block => block;

    private TeeResult Begin(ReadOnlySpan<byte> iv)
    {
        using KeyObject.Loan loan = key.Lend();
        if (!loan.IsKey)
            return TeeResult.BadParameters;
        Engine.Begin(loan.Secret, iv);
        return TeeResult.Success;
    }

    private TeeResult BeginWithTwoKeys(KeyObject other, ReadOnlySpan<byte> iv)
    {
        const int MaxKey = 32;
        using KeyObject.Loan first = key.Lend(), second = other.Lend();
        if (!first.IsKey || !second.IsKey || first.Secret.Length != second.Secret.Length)
            return TeeResult.BadParameters;
        Span<byte> both = stackalloc byte[2 * MaxKey];
        first.Secret.CopyTo(both);
        second.Secret.CopyTo(both[first.Secret.Length..]);
        Engine.Begin(both[..(2 * first.Secret.Length)], iv);
        CryptographicOperations.ZeroMemory(both);
        return TeeResult.Success;
    }

    /// <summary>Whether a message may end with so many bytes, of which the last wait or come now.</summary>
    private bool IsEnd(int total) => algorithm.MinStolenSize == 0 ? total % algorithm.BlockSize == 0 : total >= algorithm.MinStolenSize;

    /// <summary>How many of so many bytes can be ciphered now. Where the last two blocks go together, more than one block stays.</summary>
    private int Ready(int total)
    {
        int size = algorithm.BlockSize;
        if (algorithm.MinStolenSize != 0)
            total = Math.Max(0, total - size - 1);
        return total - (total % size);
    }

    /// <summary>Ciphers as many bytes as the destination has, those that wait first, and lets the rest wait.</summary>
    private void Feed(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast)
    {
        int size = algorithm.BlockSize;
        if (_waiting == 0 && isLast)
        {
            Engine.Finish(source, destination);
            return;
        }

        while (_waiting != 0 && destination.Length >= size && !(isLast && destination.Length <= 2 * size && algorithm.MinStolenSize != 0))
        {
            int taken = Math.Max(0, size - _waiting), left = Math.Max(0, _waiting - size);
            source[..taken].CopyTo(block!.Span[_waiting..]);
            source = source[taken..];
            Engine.Update(block.Span[..size], destination[..size]);
            block.Span.Slice(size, left).CopyTo(block.Span);
            _waiting = left;
            destination = destination[size..];
        }

        if (_waiting == 0)
        {
            if (isLast)
            {
                Engine.Finish(source, destination);
                return;
            }

            Engine.Update(source[..destination.Length], destination);
            source = source[destination.Length..];
        }

        if (!source.IsEmpty)
            source.CopyTo(block!.Span[_waiting..]);
        _waiting += source.Length;
        if (!isLast)
            return;
        Engine.Finish(block!.Span[.._waiting], destination);
        _waiting = 0;
    }

    /// <summary>
    /// The bytes that wait push the output ahead of the input, by at most two blocks, so where both are one memory the next stride is
    /// read before this one is written.
    /// </summary>
    private void FeedInPlace(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast)
    {
        const int Stride = 1024;
        Span<byte> both = stackalloc byte[2 * Stride];
        int turn = 0, count = Read(ref source, both[..Stride]);
        while (count != 0)
        {
            int following = Read(ref source, both.Slice((1 - turn) * Stride, Stride));
            bool ends = isLast && following == 0;
            int written = ends ? _waiting + count : Ready(_waiting + count);
            Feed(both.Slice(turn * Stride, count), destination[..written], ends);
            destination = destination[written..];
            (turn, count) = (1 - turn, following);
        }

        CryptographicOperations.ZeroMemory(both);
    }

    private static int Read(ref ReadOnlySpan<byte> source, scoped Span<byte> stride)
    {
        int count = Math.Min(source.Length, stride.Length);
        source[..count].CopyTo(stride);
        source = source[count..];
        return count;
    }
}
