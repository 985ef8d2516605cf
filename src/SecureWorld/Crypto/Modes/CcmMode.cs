using System.Buffers.Binary;
using System.Security.Cryptography;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Modes;

/// <summary>
/// Counter with CBC-MAC (NIST SP 800-38C, in the formatting of its appendix A) over a library's counter mode and CBC. libcrypto and
/// BouncyCastle both have CCM, but take a message whole only; here it comes in pieces of any size.
/// </summary>
internal sealed class CcmMode : AeEngine
{
    private const int BlockSize = 16;
    private const int Stride = 1024;

    private readonly CipherEngine _counter;
    private readonly HashEngine _mac;
    private readonly bool _encrypts;
    private readonly byte[] _mask = GC.AllocateArray<byte>(BlockSize, pinned: true); // what the tag is hidden by
    private bool _hasPayload;
    private int _fill; // bytes that the last block of what is authenticated only, or of the payload, has

    private CcmMode(CipherEngine counter, HashEngine mac, bool encrypts) => (_counter, _mac, _encrypts) = (counter, mac, encrypts);

    /// <param name="counter">The cipher in counter mode.</param>
    /// <param name="chain">The cipher in CBC, of the same library.</param>
    internal static Provider<AeEngine> Over(Provider<CipherEngine> counter, Provider<CipherEngine> chain) => new(
        counter.Name,
        () => counter.IsAvailable() && chain.IsAvailable(),
        mode => new CcmMode(counter.Create(OperationMode.Encrypt), CbcMac.Over(chain, BlockSize, pads: false).Create(OperationMode.Mac), mode == OperationMode.Encrypt));

    /// <summary>Whether a payload of so many bytes has its length told in what the nonce leaves of a block.</summary>
    internal static bool HasRoom(int nonceSize, long payload) => nonceSize <= 11 || payload < 1L << (8 * (15 - nonceSize));

    public override void Dispose()
    {
        _counter.Dispose();
        _mac.Dispose();
        CryptographicOperations.ZeroMemory(_mask);
    }

    internal override void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, AeSizes sizes)
    {
        int lengthSize = 15 - nonce.Length;
        Span<byte> block = stackalloc byte[BlockSize], length = stackalloc byte[8];
        block.Clear();
        block[0] = (byte)(lengthSize - 1);
        nonce.CopyTo(block[1..]);
        _counter.Begin(key, block);
        CryptographicOperations.ZeroMemory(_mask);
        _counter.Update(_mask, _mask);

        block[0] = (byte)((sizes.Aad != 0 ? 64 : 0) | ((sizes.Tag - 2) / 2 * 8) | (lengthSize - 1));
        BinaryPrimitives.WriteInt64BigEndian(length, sizes.Payload);
        for (int i = 1; i <= Math.Min(lengthSize, 8); i++)
            block[^i] = length[^i];
        _mac.Begin(key);
        _mac.Update(block);
        (_hasPayload, _fill) = (false, 0);
        if (sizes.Aad is > 0 and < 0xFF00)
        {
            BinaryPrimitives.WriteUInt16BigEndian(block, (ushort)sizes.Aad);
            Authenticate(block[..2]);
        }
        else if (sizes.Aad > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(block, 0xFFFE);
            BinaryPrimitives.WriteInt32BigEndian(block[2..], sizes.Aad);
            Authenticate(block[..6]);
        }
    }

    internal override void UpdateAad(ReadOnlySpan<byte> data) => Authenticate(data);

    internal override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        BeginPayload();
        Span<byte> plain = stackalloc byte[Stride];
        while (!source.IsEmpty)
        {
            // What is authenticated and what is encrypted are one reading of the source, which may be memory that others write to.
            int count = Math.Min(source.Length, Stride);
            source[..count].CopyTo(plain);
            if (_encrypts)
                Authenticate(plain[..count]);
            _counter.Update(plain[..count], plain[..count]);
            if (!_encrypts)
                Authenticate(plain[..count]);
            plain[..count].CopyTo(destination);
            source = source[count..];
            destination = destination[count..];
        }

        CryptographicOperations.ZeroMemory(plain);
    }

    internal override void Finish(Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[BlockSize];
        BeginPayload();
        Fill();
        _mac.Finish(whole);
        for (int i = 0; i < tag.Length; i++)
            tag[i] = (byte)(whole[i] ^ _mask[i]);
        CryptographicOperations.ZeroMemory(whole);
    }

    internal override void CopyFrom(AeEngine source)
    {
        var other = (CcmMode)source;
        _counter.CopyFrom(other._counter);
        _mac.CopyFrom(other._mac);
        other._mask.CopyTo(_mask.AsSpan());
        (_hasPayload, _fill) = (other._hasPayload, other._fill);
    }

    internal override void Forget()
    {
        _counter.Forget();
        _mac.Forget();
        CryptographicOperations.ZeroMemory(_mask);
    }

    private void BeginPayload()
    {
        if (_hasPayload)
            return;
        Fill();
        _hasPayload = true;
    }

    private void Authenticate(ReadOnlySpan<byte> data)
    {
        _mac.Update(data);
        _fill = (_fill + (data.Length % BlockSize)) % BlockSize;
    }

    /// <summary>Zeroes up to the end of a block.</summary>
    private void Fill()
    {
        if (_fill != 0)
            _mac.Update(stackalloc byte[BlockSize - _fill]);
        _fill = 0;
    }
}
