using Org.BouncyCastle.Crypto;

namespace RestrictedTee.SecureWorld.Crypto.BouncyCastle;

/// <summary>A digest that is known: the library's signers make it themselves, and GlobalPlatform's are given it.</summary>
internal sealed class PresetDigest(int size) : IDigest
{
    private byte[] _value = new byte[size];

    public string AlgorithmName => "preset";

    public int GetDigestSize() => _value.Length;

    public int GetByteLength() => 64;

    public void Update(byte input)
    {
        // What is digested does not matter.
    }

    public void BlockUpdate(byte[] input, int inOff, int inLen)
    {
        // As above.
    }

    public void BlockUpdate(ReadOnlySpan<byte> input)
    {
        // As above.
    }

    public int DoFinal(byte[] output, int outOff) => DoFinal(output.AsSpan(outOff));

    public int DoFinal(Span<byte> output)
    {
        _value.CopyTo(output);
        return _value.Length;
    }

    public void Reset()
    {
        // As above.
    }

    internal void Set(ReadOnlySpan<byte> value) => _value = value.ToArray();
}
