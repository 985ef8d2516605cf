using System.Security.Cryptography;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.Objects;

/// <summary>A cipher under way. An engine takes whole blocks; what does not fill one yet waits in secure RAM.</summary>
/// <param name="algorithm">Its row.</param>
/// <param name="mode">Encrypt or decrypt.</param>
/// <param name="key">Its key, which is its own.</param>
/// <param name="engine">The library's part, which is its own.</param>
/// <param name="block">Room for a block, which is its own; null where a block is a byte, and nothing waits.</param>
internal sealed class CipherState(CipherAlgorithm algorithm, OperationMode mode, KeyObject key, CipherEngine engine, SecureBlock? block)
    : CryptoState<CipherEngine>(algorithm.Id, mode, engine)
{
    private int _waiting;

    internal TeeResult Init(ReadOnlySpan<byte> iv)
    {
        using Lock.Scope held = Enter();
        using KeyObject.Loan loan = key.Lend();
        if (loan.Secret.IsEmpty || iv.Length != algorithm.IvSize)
            return TeeResult.BadParameters;
        Engine.Begin(loan.Secret, iv);
        (IsInitialized, _waiting) = (true, 0);
        return TeeResult.Success;
    }

    internal TeeResult Update(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int size)
    {
        using Lock.Scope held = Enter();
        size = 0;
        if (!IsInitialized)
            return TeeResult.BadState;
        long total = (long)_waiting + source.Length;
        int rest = (int)(total % algorithm.BlockSize);
        if ((isLast && rest != 0) || total > int.MaxValue)
            return TeeResult.BadParameters;
        size = (int)total - rest;
        if (destination.Length < size)
            return TeeResult.ShortBuffer;
        destination = destination[..size];
        if (!AreApartOrSame(source, destination))
            return TeeResult.BadParameters;
        if (_waiting != 0 && source.Overlaps(destination))
            FeedInPlace(source, destination);
        else
            Feed(source, destination);
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
    }

    private SecureBlock? Block => block;

    /// <summary>Completes the block that waits, does the whole ones, and lets the rest wait.</summary>
    private void Feed(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (_waiting != 0)
        {
            int taken = Math.Min(algorithm.BlockSize - _waiting, source.Length);
            source[..taken].CopyTo(block!.Span[_waiting..]);
            source = source[taken..];
            _waiting += taken;
            if (_waiting < algorithm.BlockSize)
                return;
            Engine.Update(block.Span, destination[..algorithm.BlockSize]);
            destination = destination[algorithm.BlockSize..];
            _waiting = 0;
        }

        int whole = source.Length - (source.Length % algorithm.BlockSize);
        Engine.Update(source[..whole], destination[..whole]);
        if (whole == source.Length)
            return;
        source[whole..].CopyTo(block!.Span);
        _waiting = source.Length - whole;
    }

    /// <summary>
    /// The bytes that wait push the output ahead of the input, by less than a block, so where both are one memory the next stride is
    /// read before this one is written.
    /// </summary>
    private void FeedInPlace(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        const int Stride = 1024;
        Span<byte> both = stackalloc byte[2 * Stride];
        int turn = 0, count = Read(ref source, both[..Stride]);
        while (count != 0)
        {
            int following = Read(ref source, both.Slice((1 - turn) * Stride, Stride));
            int written = _waiting + count;
            written -= written % algorithm.BlockSize;
            Feed(both.Slice(turn * Stride, count), destination[..written]);
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
