using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using static RestrictedTee.Contracts.ShaExample;

namespace RestrictedTee.Tests.Examples;

/// <summary>The sha example.</summary>
public sealed class ShaExampleTests : IDisposable
{
    private const uint HmacSha256 = 0x3000_0004, AesCmac = 0x3000_0610;

    private static readonly byte[] Message = "abc"u8.ToArray();

    private readonly ExampleSession _session = new(ShaExample.Uuid);

    /// <summary>Digest of "abc" (FIPS 180-4 and FIPS 202, the examples), the first bytes.</summary>
    public static TheoryData<uint, int, string> Digests => new()
    {
        { 0x5000_0002, 20, "a9993e36" },
        { 0x5000_0003, 28, "23097d22" },
        { 0x5000_0004, 32, "ba7816bf" },
        { 0x5000_0005, 48, "cb00753f" },
        { 0x5000_0006, 64, "ddaf35a1" },
        { 0x5000_0008, 28, "e642824c" },
        { 0x5000_0009, 32, "3a985da7" },
        { 0x5000_000A, 48, "ec01498288" },
        { 0x5000_000B, 64, "b751850b" },
    };

    /// <summary>Algorithm, bytes of key and of code, type of the key.</summary>
    public static TheoryData<uint, int, int, KeyType> Macs => new()
    {
        { 0x3000_0002, 64, 20, KeyType.HmacSha1 },
        { 0x3000_0003, 64, 28, KeyType.HmacSha224 },
        { HmacSha256, 128, 32, KeyType.HmacSha256 },
        { 0x3000_0005, 128, 48, KeyType.HmacSha384 },
        { 0x3000_0006, 128, 64, KeyType.HmacSha512 },
        { AesCmac, 16, 16, KeyType.Aes },
    };

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Digests))]
    public void A_digest_is_that_of_the_standard(uint algorithm, int size, string beginning)
    {
        Parameter[] parameters = [Parameter.TempInput(Message), Parameter.None, Parameter.ValueInput(algorithm)];

        _session.AssertTellsSize(CommandComputeDigest, 1, size, parameters);
        byte[] digest = _session.Output(CommandComputeDigest, 1, 64, parameters);

        Assert.Equal(size, digest.Length);
        Assert.StartsWith(beginning, Convert.ToHexStringLower(digest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(HmacSha256)]
    [InlineData(uint.MaxValue)]
    public void What_is_no_digest_is_not_supported(uint algorithm) => Assert.Equal(TeecResult.NotSupported, _session.Invoke(
        CommandComputeDigest, Parameter.TempInput(Message), Parameter.TempOutput(new byte[64]), Parameter.ValueInput(algorithm)));

    [Theory]
    [MemberData(nameof(Macs))]
    public void A_mac_is_computed_and_compared(uint algorithm, int keySize, int size, KeyType type)
    {
        byte[] key = [.. Enumerable.Repeat((byte)0xA5, keySize)];
        Begin(algorithm, key, type);
        _session.AssertTellsSize(CommandComputeMac, 1, size, Parameter.TempInput(Message));
        byte[] code = _session.Output(CommandComputeMac, 1, 64, Parameter.TempInput(Message));

        Assert.Equal(size, code.Length);
        if (algorithm == HmacSha256)
            Assert.Equal(HMACSHA256.HashData(key, "abcabc"u8), code); // as in the original it is the message, and once more the message
        if (algorithm == 0x3000_0006)
            Assert.Equal(HMACSHA512.HashData(key, "abcabc"u8), code);
        Begin(algorithm, key, type);
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandCompareMac, Parameter.TempInput(Message), Parameter.TempInput(code)));
        code[^1] ^= 1;
        Begin(algorithm, key, type);
        Assert.Equal((TeecResult)0xFFFF3071 /* TEE_ERROR_MAC_INVALID */, _session.Invoke(CommandCompareMac, Parameter.TempInput(Message), Parameter.TempInput(code)));
        Begin(algorithm, key, type);
        Assert.Equal((TeecResult)0xFFFF3071, _session.Invoke(CommandCompareMac, Parameter.TempInput(Message), Parameter.TempInput(code.AsMemory(0, size - 1))));
    }

    [Fact]
    public void Before_anything_is_prepared_it_is_the_wrong_time()
    {
        Assert.Equal(TeecResult.BadState, _session.Invoke(CommandSetKey, Parameter.TempInput(new byte[16])));
        Assert.Equal(TeecResult.BadState, _session.Invoke(CommandSetIv, Parameter.TempInput(new byte[16])));
        Assert.Equal(TeecResult.BadState, _session.Invoke(CommandComputeMac, Parameter.TempInput(Message), Parameter.TempOutput(new byte[64])));
        Assert.Equal(TeecResult.BadState, _session.Invoke(CommandCompareMac, Parameter.TempInput(Message), Parameter.TempInput(new byte[32])));
    }

    [Theory]
    [InlineData(HmacSha256, 128u, 6u, TeecResult.BadParameters)]
    [InlineData(HmacSha256, 128u, uint.MaxValue, TeecResult.BadParameters)]
    [InlineData(0x5000_0004u, 128u, 0u, TeecResult.NotSupported)]
    [InlineData(0u, 128u, 0u, TeecResult.NotSupported)]
    [InlineData(HmacSha256, 0u, 0u, TeecResult.NotSupported)]
    [InlineData(HmacSha256, 129u, 0u, TeecResult.NotSupported)]
    [InlineData(HmacSha256, 0x2000_0010u, 0u, TeecResult.NotSupported)]
    [InlineData(AesCmac, 17u, 5u, TeecResult.NotSupported)]
    public void What_cannot_be_prepared_is_refused_and_there_is_nothing_then(uint algorithm, uint keySize, uint type, TeecResult expected)
    {
        Assert.Equal(expected, _session.Invoke(CommandPrepare, Parameter.ValueInput(algorithm), Parameter.ValueInput(keySize), Parameter.ValueInput(type)));

        Assert.Equal(TeecResult.BadState, _session.Invoke(CommandSetIv, Parameter.TempInput(new byte[16])));
    }

    [Theory]
    [InlineData(127)]
    [InlineData(129)]
    [InlineData(0)]
    public void A_key_has_the_size_that_was_prepared(int size)
    {
        Begin(HmacSha256, new byte[128], KeyType.HmacSha256);

        Assert.Equal(TeecResult.BadParameters, _session.Invoke(CommandSetKey, Parameter.TempInput(new byte[size])));
    }

    [Fact]
    public void A_message_for_which_the_ta_has_no_room_is_refused_and_the_next_is_not()
    {
        Begin(HmacSha256, new byte[128], KeyType.HmacSha256);

        Assert.Equal(TeecResult.OutOfMemory, _session.Invoke(CommandComputeMac, Parameter.TempInput(new byte[40_000]), Parameter.TempOutput(new byte[32])));
        Assert.Equal(HMACSHA256.HashData(new byte[128], new byte[60_000]), _session.Output(CommandComputeMac, 1, 32, Parameter.TempInput(new byte[30_000])));
    }

    [Fact]
    public void A_digest_of_the_session_leaves_its_mac_alone()
    {
        Begin(HmacSha256, new byte[128], KeyType.HmacSha256);
        _session.Output(CommandComputeDigest, 1, 32, Parameter.TempInput(Message), Parameter.None, Parameter.ValueInput(0x5000_0004));

        Assert.Equal(HMACSHA256.HashData(new byte[128], "abcabc"u8), _session.Output(CommandComputeMac, 1, 32, Parameter.TempInput(Message)));
    }

    [Fact]
    public void A_mac_that_has_not_begun_panics_as_in_the_original()
    {
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandPrepare, Parameter.ValueInput(HmacSha256), Parameter.ValueInput(128), Parameter.ValueInput((uint)KeyType.HmacSha256)));

        Assert.Equal(TeecResult.TargetDead, _session.Invoke(CommandComputeMac, Parameter.TempInput(Message), Parameter.TempOutput(new byte[64])));
    }

    [Fact]
    public void A_key_of_another_algorithm_panics_as_in_the_original() => Assert.Equal(TeecResult.TargetDead, _session.Invoke(
        CommandPrepare, Parameter.ValueInput(HmacSha256), Parameter.ValueInput(64), Parameter.ValueInput((uint)KeyType.HmacSha1)));

    private void Begin(uint algorithm, byte[] key, KeyType type)
    {
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandPrepare, Parameter.ValueInput(algorithm), Parameter.ValueInput((uint)key.Length), Parameter.ValueInput((uint)type)));
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandSetKey, Parameter.TempInput(key)));
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandSetIv, Parameter.Null(Direction.Input)));
    }
}
