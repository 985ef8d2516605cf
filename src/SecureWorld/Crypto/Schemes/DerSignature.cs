using System.Formats.Asn1;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>A signature of two numbers: GlobalPlatform's form is both with all their zeroes, libraries have a sequence of two integers.</summary>
internal static class DerSignature
{
    /// <summary>More than a signature takes up that is so long in GlobalPlatform's form: tags, lengths, and a zero before each number.</summary>
    internal const int Overhead = 16;

    /// <summary>The library's form.</summary>
    /// <returns>Its bytes.</returns>
    internal static int Encode(ReadOnlySpan<byte> signature, Span<byte> encoded)
    {
        ReadOnlySpan<byte> first = Trim(signature[..(signature.Length / 2)]), second = Trim(signature[(signature.Length / 2)..]);
        int content = SizeOf(first) + SizeOf(second), at = 0;
        encoded[at++] = 0x30;
        if (content > 0x7F)
            encoded[at++] = 0x81; // two numbers of DSA or of a curve are never longer than a byte says
        encoded[at++] = checked((byte)content);
        at += Write(encoded[at..], first);
        return at + Write(encoded[at..], second);
    }

    /// <summary>GlobalPlatform's form.</summary>
    internal static void Decode(ReadOnlySpan<byte> encoded, Span<byte> signature)
    {
        AsnDecoder.ReadSequence(encoded, AsnEncodingRules.DER, out int offset, out int length, out _);
        ReadOnlySpan<byte> both = encoded.Slice(offset, length);
        ReadOnlySpan<byte> first = AsnDecoder.ReadIntegerBytes(both, AsnEncodingRules.DER, out int consumed);
        ReadOnlySpan<byte> second = AsnDecoder.ReadIntegerBytes(both[consumed..], AsnEncodingRules.DER, out _);
        Place(first, signature[..(signature.Length / 2)]);
        Place(second, signature[(signature.Length / 2)..]);
    }

    /// <summary>A number with all its leading zeroes.</summary>
    internal static void Place(ReadOnlySpan<byte> number, Span<byte> room)
    {
        number = number.TrimStart((byte)0);
        room.Clear();
        number.CopyTo(room[^number.Length..]);
    }

    /// <summary>Zero is a number of one byte.</summary>
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> number) =>
        number.TrimStart((byte)0) is { IsEmpty: false } trimmed ? trimmed : number[^1..];

    private static int SizeOf(ReadOnlySpan<byte> number) => 2 + (number[0] >> 7) + number.Length;

    private static int Write(Span<byte> room, ReadOnlySpan<byte> number)
    {
        int sign = number[0] >> 7, at = 0;
        room[at++] = 0x02;
        room[at++] = checked((byte)(sign + number.Length));
        room[at] = 0;
        number.CopyTo(room[(at + sign)..]);
        return at + sign + number.Length;
    }
}
