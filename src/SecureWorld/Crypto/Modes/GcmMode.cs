using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Modes;

/// <summary>
/// Galois counter mode (NIST SP 800-38D) over a library's block cipher, with a nonce of any length and in pieces of any size: libcrypto takes
/// no nonce of more than 128 bytes, BouncyCastle gives whole blocks only.
/// </summary>
internal sealed class GcmMode : AeEngine
{
    private const int BlockSize = 16;
    private const int Stride = 64 * BlockSize;
    private const int PlainNonce = 12; // bytes of one that is a counter's upper part as it is

    private readonly CipherEngine _blocks;
    private readonly GaloisHash _hash = new();
    private readonly byte[] _keystream = GC.AllocateArray<byte>(Stride, pinned: true);
    private readonly byte[] _mask = GC.AllocateArray<byte>(BlockSize, pinned: true); // what the tag is hidden by
    private readonly bool _encrypts;
    private UInt128 _counter; // of the block that was made last
    private long _aad; // bytes of it so far
    private long _payload; // likewise
    private int _used = Stride; // bytes of the keystream that are gone

    private GcmMode(CipherEngine blocks, bool encrypts) => (_blocks, _encrypts) = (blocks, encrypts);

    /// <param name="blocks">The cipher, block by block.</param>
    internal static Provider<AeEngine> Over(Provider<CipherEngine> blocks) =>
        new(blocks.Name, blocks.IsAvailable, mode => new GcmMode(blocks.Create(OperationMode.Encrypt), mode == OperationMode.Encrypt));

    public override void Dispose()
    {
        _blocks.Dispose();
        Wipe();
    }

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, AeSizes sizes)
    {
        Span<byte> block = stackalloc byte[BlockSize];
        block.Clear();
        _blocks.Begin(key, []);
        _blocks.Update(block, block);
        _hash.Begin(BinaryPrimitives.ReadUInt128BigEndian(block));
        if (nonce.Length == PlainNonce)
        {
            nonce.CopyTo(block);
            BinaryPrimitives.WriteInt32BigEndian(block[PlainNonce..], 1);
            _counter = BinaryPrimitives.ReadUInt128BigEndian(block);
        }
        else
        {
            _hash.Update(nonce);
            _counter = _hash.End(0, nonce.Length);
        }

        BinaryPrimitives.WriteUInt128BigEndian(block, _counter);
        _blocks.Update(block, _mask);
        CryptographicOperations.ZeroMemory(block);
        (_aad, _payload, _used) = (0, 0, Stride);
    }

    internal override void UpdateAad(ReadOnlySpan<byte> data)
    {
        _hash.Update(data);
        _aad += data.Length;
    }

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (_payload == 0 && !source.IsEmpty)
            _hash.Fill();
        _payload += source.Length;
        Span<byte> text = stackalloc byte[Stride];
        while (!source.IsEmpty)
        {
            // What is authenticated and what is deciphered are one reading of the source, which may be memory that others write to.
            int count = Math.Min(source.Length, Ready());
            source[..count].CopyTo(text);
            if (!_encrypts)
                _hash.Update(text[..count]);
            for (int i = 0; i < count; i++)
                text[i] ^= _keystream[_used + i];
            if (_encrypts)
                _hash.Update(text[..count]);
            text[..count].CopyTo(destination);
            _used += count;
            source = source[count..];
            destination = destination[count..];
        }

        CryptographicOperations.ZeroMemory(text);
    }

    internal override void Finish(Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[BlockSize];
        BinaryPrimitives.WriteUInt128BigEndian(whole, _hash.End(_aad, _payload) ^ BinaryPrimitives.ReadUInt128BigEndian(_mask));
        whole[..tag.Length].CopyTo(tag);
        CryptographicOperations.ZeroMemory(whole);
    }

    internal override void CopyFrom(AeEngine source)
    {
        var other = (GcmMode)source;
        _blocks.CopyFrom(other._blocks);
        _hash.CopyFrom(other._hash);
        other._keystream.CopyTo(_keystream.AsSpan());
        other._mask.CopyTo(_mask.AsSpan());
        (_counter, _aad, _payload, _used) = (other._counter, other._aad, other._payload, other._used);
    }

    internal override void Forget()
    {
        _blocks.Forget();
        Wipe();
    }

    /// <summary>How many bytes of keystream there are, which is made where there are none.</summary>
    private int Ready()
    {
        if (_used < Stride)
            return Stride - _used;
        for (int at = 0; at < Stride; at += BlockSize)
        {
            // Its lower 32 bits alone count (section 6.2).
            _counter = (_counter & ~(UInt128)uint.MaxValue) | unchecked((uint)_counter + 1);
            BinaryPrimitives.WriteUInt128BigEndian(_keystream.AsSpan(at), _counter);
        }

        _blocks.Update(_keystream, _keystream);
        _used = 0;
        return Stride;
    }

    private void Wipe()
    {
        CryptographicOperations.ZeroMemory(_keystream);
        CryptographicOperations.ZeroMemory(_mask);
        _hash.Begin(0);
        (_counter, _used) = (0, Stride);
    }
}
