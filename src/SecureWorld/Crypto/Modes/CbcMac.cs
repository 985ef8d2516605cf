using System.Security.Cryptography;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Modes;

/// <summary>
/// CBC-MAC (ISO/IEC 9797-1, algorithm 1) over a library's cipher in CBC: the last block is the code. Without padding the message is of
/// whole blocks; with PKCS #5's padding it may be anything.
/// </summary>
internal sealed class CbcMac : HashEngine
{
    private const int Stride = 1024;

    private readonly CipherEngine _chain;
    private readonly bool _pads;
    private readonly byte[] _block;
    private readonly byte[] _last;
    private int _waiting;

    private CbcMac(CipherEngine chain, int blockSize, bool pads)
    {
        (_chain, _pads) = (chain, pads);
        (_block, _last) = (GC.AllocateArray<byte>(blockSize, pinned: true), GC.AllocateArray<byte>(blockSize, pinned: true));
    }

    /// <param name="chain">The cipher in CBC.</param>
    /// <param name="blockSize">Its block, in bytes.</param>
    /// <param name="pads">Whether the message is padded.</param>
    internal static Provider<HashEngine> Over(Provider<CipherEngine> chain, int blockSize, bool pads) =>
        new(chain.Name, chain.IsAvailable, _ => new CbcMac(chain.Create(OperationMode.Encrypt), blockSize, pads));

    public override void Dispose()
    {
        _chain.Dispose();
        Clear();
    }

    internal override void Begin(ReadOnlySpan<byte> key)
    {
        Clear();
        _chain.Begin(key, _last); // an IV of zeroes
    }

    internal override void Update(ReadOnlySpan<byte> chunk)
    {
        if (_waiting != 0)
        {
            int taken = Math.Min(_block.Length - _waiting, chunk.Length);
            chunk[..taken].CopyTo(_block.AsSpan(_waiting));
            chunk = chunk[taken..];
            _waiting += taken;
            if (_waiting < _block.Length)
                return;
            Chain(_block);
            _waiting = 0;
        }

        int whole = chunk.Length - (chunk.Length % _block.Length);
        Chain(chunk[..whole]);
        chunk[whole..].CopyTo(_block);
        _waiting = chunk.Length - whole;
    }

    internal override void Finish(Span<byte> result)
    {
        if (_pads)
        {
            int missing = _block.Length - _waiting;
            _block.AsSpan(_waiting).Fill((byte)missing);
            Chain(_block);
            _waiting = 0;
        }

        _last.CopyTo(result);
    }

    internal override void CopyFrom(HashEngine source)
    {
        var other = (CbcMac)source;
        _chain.CopyFrom(other._chain);
        other._block.CopyTo(_block.AsSpan());
        other._last.CopyTo(_last.AsSpan());
        _waiting = other._waiting;
    }

    internal override void Forget()
    {
        _chain.Forget();
        Clear();
    }

    private void Chain(ReadOnlySpan<byte> blocks)
    {
        Span<byte> chained = stackalloc byte[Stride];
        while (!blocks.IsEmpty)
        {
            int count = Math.Min(blocks.Length, Stride);
            _chain.Update(blocks[..count], chained);
            chained.Slice(count - _last.Length, _last.Length).CopyTo(_last);
            blocks = blocks[count..];
        }

        CryptographicOperations.ZeroMemory(chained);
    }

    private void Clear()
    {
        CryptographicOperations.ZeroMemory(_block);
        CryptographicOperations.ZeroMemory(_last);
        _waiting = 0;
    }
}
