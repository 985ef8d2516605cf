using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptoPerfApp;

/// <summary>Keys that count: the first byte is any number, each of the others one more.</summary>
internal static class FixedKeys
{
    private const int Longest = 64;

    /// <summary>Makes one. Beyond the longest there is nothing to read, which panics.</summary>
    internal static TransientObject Make(ObjectType type, int maxSize, int size, byte first)
    {
        Span<byte> value = stackalloc byte[Longest];
        for (int i = 0; i < value.Length; i++)
            value[i] = (byte)(first + i);
        var key = TransientObject.Allocate(type, maxSize);
        key.Populate(AttributeId.SecretValue, value[..(size / 8)]);
        return key;
    }
}
