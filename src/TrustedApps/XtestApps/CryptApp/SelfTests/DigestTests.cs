using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp.SelfTests;

/// <summary>Digests of "abc", of two blocks and of a million times "a", as NIST publishes them for FIPS 180-4; of MD5, RFC 1321's "abc" and the same.</summary>
internal static class DigestTests
{
    private const int Million = 1_000_000, Chunk = 1000;

    internal static bool Md5() => AreKnown(TeeAlgorithm.Md5, "900150983cd24fb0d6963f7d28e17f72", "8215ef0796a20bcaaae116d3876c664a", "7707d6ae4e027c70eea2a935c2296f21");

    internal static bool Sha1() => AreKnown(
        TeeAlgorithm.Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d", "84983e441c3bd26ebaae4aa1f95129e5e54670f1", "34aa973cd4c4daa4f61eeb2bdbad27316534016f");

    /// <summary>Of 224 bits too, as there.</summary>
    internal static bool Sha256() =>
        AreKnown(
            TeeAlgorithm.Sha224,
            "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
            "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525",
            "20794655980c91d8bbb4c1ea97618a4bf03f42581948b2ee4ee7ad67")
        && AreKnown(
            TeeAlgorithm.Sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");

    private static bool AreKnown(TeeAlgorithm algorithm, string ofAbc, string ofTwoBlocks, string ofMillion)
    {
        using DigestOperation digest = DigestOperation.Allocate(algorithm);
        bool areShortKnown = IsKnown(digest, "abc"u8, ofAbc) && IsKnown(digest, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"u8, ofTwoBlocks);
        Span<byte> chunk = stackalloc byte[Chunk];
        chunk.Fill((byte)'a');
        for (int done = 0; done < Million; done += Chunk)
            digest.Update(chunk);
        return areShortKnown && IsKnown(digest, [], ofMillion);
    }

    private static bool IsKnown(DigestOperation digest, ReadOnlySpan<byte> last, string known)
    {
        Span<byte> output = stackalloc byte[known.Length / 2];
        return digest.DoFinal(last, output) == output.Length && output.SequenceEqual(Convert.FromHexString(known));
    }
}
