using System.Buffers.Binary;

namespace RestrictedTee.SecureWorld.Crypto.Modes;

/// <summary>
/// The hash of Galois counter mode (NIST SP 800-38D section 6.4). It takes the same time whatever the numbers are, and so is slow: bit by
/// bit, without tables.
/// </summary>
internal sealed class GaloisHash
{
    private const int BlockSize = 16;

    private readonly byte[] _block = GC.AllocateArray<byte>(BlockSize, pinned: true);
    private UInt128 _key;
    private UInt128 _sum;
    private int _fill; // bytes of the block

    internal void Begin(UInt128 key)
    {
        _block.AsSpan().Clear();
        (_key, _sum, _fill) = (key, 0, 0);
    }

    internal void Update(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int count = Math.Min(data.Length, BlockSize - _fill);
            data[..count].CopyTo(_block.AsSpan(_fill));
            data = data[count..];
            _fill += count;
            if (_fill == BlockSize)
                Add();
        }
    }

    /// <summary>Zeroes up to the end of a block.</summary>
    internal void Fill()
    {
        if (_fill == 0)
            return;
        _block.AsSpan(_fill).Clear();
        Add();
    }

    /// <summary>The hash, after both lengths, which are in bytes; then begins anew.</summary>
    internal UInt128 End(long first, long second)
    {
        Fill();
        BinaryPrimitives.WriteInt64BigEndian(_block, 8 * first);
        BinaryPrimitives.WriteInt64BigEndian(_block.AsSpan(sizeof(long)), 8 * second);
        Add();
        UInt128 sum = _sum;
        _sum = 0;
        return sum;
    }

    internal void CopyFrom(GaloisHash source)
    {
        source._block.CopyTo(_block.AsSpan());
        (_key, _sum, _fill) = (source._key, source._sum, source._fill);
    }

    private void Add()
    {
        _sum = Multiply(_sum ^ BinaryPrimitives.ReadUInt128BigEndian(_block), _key);
        _fill = 0;
    }

    /// <summary>The product in the field, whose elements have their lowest power in the highest bit (section 6.3).</summary>
    private static UInt128 Multiply(UInt128 factor, UInt128 other)
    {
        const ulong Polynomial = 0xE1UL << 56;
        ulong high = 0, low = 0, otherHigh = (ulong)(other >> 64), otherLow = (ulong)(other & ulong.MaxValue), bits = (ulong)(factor >> 64);
        for (int i = 0; i < 128; i++)
        {
            if (i == 64)
                bits = (ulong)(factor & ulong.MaxValue);
            ulong taken = unchecked(0 - (bits >> 63)), carried = unchecked(0 - (otherLow & 1));
            high ^= otherHigh & taken;
            low ^= otherLow & taken;
            otherLow = (otherLow >> 1) | (otherHigh << 63);
            otherHigh = (otherHigh >> 1) ^ (Polynomial & carried);
            bits <<= 1;
        }

        return new UInt128(high, low);
    }
}
