using System.Formats.Asn1;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>A signature of two numbers: GlobalPlatform's form is both with all their zeroes, libraries have a sequence of two integers.</summary>
internal static class DerSignature
{
    /// <summary>The library's form.</summary>
    internal static byte[] Encode(ReadOnlySpan<byte> signature)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Write(writer, signature[..(signature.Length / 2)]);
            Write(writer, signature[(signature.Length / 2)..]);
        }

        return writer.Encode();
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

    private static void Write(AsnWriter writer, ReadOnlySpan<byte> number)
    {
        number = number.TrimStart((byte)0);
        writer.WriteIntegerUnsigned(number.IsEmpty ? [0] : number);
    }
}
