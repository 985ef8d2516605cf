namespace RestrictedTee.Xtest.Regression2000;

/// <summary>Bytes that both ends can make by themselves, so that each sees at once when one is lost, doubled or another's.</summary>
internal sealed class ByteStream(uint seed)
{
    private uint _state = seed;

    /// <summary>The next ones.</summary>
    internal byte[] Next(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            _state = unchecked((_state * 1_664_525) + 1_013_904_223); // of Numerical Recipes; its upper bits are the better ones
            bytes[i] = (byte)(_state >> 24);
        }

        return bytes;
    }

    /// <summary>Whether these are the next ones.</summary>
    internal bool Continues(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual(Next(bytes.Length));
}
