using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Memory;

/// <summary>Invariant 1 where content is decrypted: nothing that is told depends on ranges that a client chooses.</summary>
public sealed class ContentStreamTests : IDisposable
{
    private const int Length = 64;

    private readonly InProcessTee _tee = new();
    private readonly TeeContext _context;
    private readonly TeeSession _decryptor;
    private readonly DmaBufHandle _handle;
    private readonly SharedMemory _buffer;
    private readonly byte[] _key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];

    public ContentStreamTests()
    {
        _context = _tee.OpenContext();
        _decryptor = _context.OpenSession(ContentDecryptor.Uuid);
        _handle = _context.AllocateRestricted("protected,secure-video", 4096);
        _buffer = _context.RegisterSharedMemory(_handle);
    }

    public void Dispose()
    {
        _buffer.Dispose();
        _handle.Dispose();
        _decryptor.Dispose();
        _context.Dispose();
        _tee.Dispose();
    }

    [Theory]
    [InlineData(new[] { 64 })]
    [InlineData(new[] { 1, 63 })]
    [InlineData(new[] { 17, 1, 1, 45 })]
    public void The_digest_is_of_the_whole_content_however_it_is_cut(int[] pieces)
    {
        byte[] plain = Plain(Length);
        byte[] cipher = EncryptCtr(plain);
        Install(ContentDecryptor.ModeCtr, Length);
        int at = 0;
        foreach (int piece in pieces)
        {
            Assert.Equal((TeecResult.Success, piece), Decrypt(cipher.AsMemory(at, piece)));
            at += piece;
        }

        Assert.Equal((TeecResult.Success, Hex(SHA256.HashData(plain))), Digest());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(33)]
    public void Cbc_content_has_the_declared_length_and_its_padding_is_cleared(int length)
    {
        byte[] plain = Plain(length);
        using var aes = Aes.Create();
        aes.Key = _key;
        byte[] cipher = aes.EncryptCbc(plain, _key);
        Install(ContentDecryptor.ModeCbc, (ulong)length);

        Assert.Equal((TeecResult.Success, length), Decrypt(cipher));
        Assert.Equal((TeecResult.Success, Hex(SHA256.HashData(plain))), Digest());
    }

    [Fact]
    public void A_digest_is_told_once_and_only_of_the_whole()
    {
        Install(ContentDecryptor.ModeCtr, Length);
        Assert.Equal(TeecResult.BadState, Digest().Result);
        Decrypt(new byte[1]);
        Assert.Equal(TeecResult.BadState, Digest().Result);
        Decrypt(new byte[Length - 1]);

        Assert.Equal(TeecResult.Success, Digest().Result);
        Assert.Equal(TeecResult.BadState, Digest().Result);
        Assert.Equal(TeecResult.BadState, Decrypt(new byte[1]).Result);
    }

    [Fact]
    public void A_digest_is_not_told_when_the_key_came_without_leave_to_show()
    {
        Install(ContentDecryptor.ModeCtr, Length, flags: 0);
        Decrypt(new byte[Length]);

        Assert.Equal(TeecResult.BadState, Digest().Result);
    }

    [Fact]
    public void A_piece_beyond_the_declared_length_is_refused_and_changes_nothing()
    {
        byte[] plain = Plain(Length);
        byte[] cipher = EncryptCtr(plain);
        Install(ContentDecryptor.ModeCtr, Length);
        Decrypt(cipher.AsMemory(0, 48));

        Assert.Equal(TeecResult.ExcessData, Decrypt(new byte[17]).Result);
        Decrypt(cipher.AsMemory(48));

        Assert.Equal((TeecResult.Success, Hex(SHA256.HashData(plain))), Digest());
    }

    [Fact]
    public void Nothing_of_an_earlier_content_is_in_the_next_digest()
    {
        byte[] plain = Plain(Length);
        Install(ContentDecryptor.ModeCtr, Length);
        Decrypt(new byte[5]);
        Install(ContentDecryptor.ModeCtr, Length);
        Decrypt(EncryptCtr(plain));

        Assert.Equal((TeecResult.Success, Hex(SHA256.HashData(plain))), Digest());
    }

    [Fact]
    public void Cbc_padding_shows_in_no_answer()
    {
        byte[] iv = new byte[16];
        var answers = new HashSet<(TeecResult, int)>();
        for (int last = 0; last <= byte.MaxValue; last++)
        {
            iv[^1] = (byte)last;
            Install(ContentDecryptor.ModeCbc, 3, iv: Parameter.TempInput(iv));
            answers.Add(Decrypt(new byte[16]));
        }

        Assert.Equal([(TeecResult.Success, 3)], answers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Plaintext_is_taken_neither_for_a_key_nor_for_an_iv(bool asKey)
    {
        Install(ContentDecryptor.ModeCtr, Length);
        Decrypt(new byte[Length]);
        Parameter plaintext = Parameter.Partial(_buffer, Direction.Input, Length - 1, 16), normal = Parameter.TempInput(_key);

        Assert.Equal(TeecResult.AccessDenied, TryInstall(ContentDecryptor.ModeCtr, 1, asKey ? plaintext : normal, asKey ? normal : plaintext));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_reader_opens_for_no_client(int bytes)
    {
        Install(ContentDecryptor.ModeCtr, Length);
        Decrypt(new byte[Length]);
        Operation? operation = bytes == 0 ? null : new Operation(Parameter.Partial(_buffer, Direction.Input, 0, bytes));

        TeecResult result = _context.TryOpenSession(ContentReader.Uuid, TeecLogin.Public, 0, operation, out _, out _);

        Assert.Equal(bytes == 0 ? TeecResult.AccessDenied : TeecResult.BadParameters, result);
    }

    [Fact]
    public void The_normal_world_cannot_pass_itself_off_as_the_decryptor()
    {
        OpteeMessage message = RawMessages.OpenSession(ContentReader.Uuid);
        UuidOctets.Write(ref message.Params[1], ContentDecryptor.Uuid);
        message.Params[1].C = 0xF000_0000; // TEE_LOGIN_TRUSTED_APP

        _tee.Message(ref message);

        Assert.Equal((uint)TeecResult.BadParameters, message.Arg.Result);
    }

    [Fact]
    public void A_claimed_buffer_is_for_its_stream_alone()
    {
        using TeeSession second = _context.OpenSession(ContentDecryptor.Uuid);
        using TeeSession sdp = _context.OpenSession(SdpBasic.Uuid);
        byte[] loot = new byte[Length];
        Install(ContentDecryptor.ModeCtr, Length);
        Decrypt(new byte[Length]);
        Assert.Equal(TeecResult.Success, second.TryInvoke(ContentDecryptor.CommandInstallKey, KeyOf(ContentDecryptor.ModeCtr, 1, ContentDecryptor.FlagShow, Parameter.TempInput(_key), Parameter.TempInput(_key)), out _));

        TeecResult other = second.TryInvoke(ContentDecryptor.CommandDecrypt, new Operation(Parameter.TempInput(new byte[1]), Parameter.Partial(_buffer, Direction.Output, 2000, 1)), out TeecOrigin origin);
        TeecResult dump = sdp.TryInvoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(_buffer, Direction.Input, 0, Length), Parameter.TempOutput(loot)), out _);
        TeecResult inject = sdp.TryInvoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(loot), Parameter.Partial(_buffer, Direction.Output, 0, Length)), out _);

        Assert.Equal((TeecResult.AccessDenied, TeecOrigin.Tee), (other, origin));
        Assert.Equal((TeecResult.AccessDenied, TeecResult.AccessDenied), (dump, inject));
        Assert.All(loot, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_claim_outlives_the_stream_that_made_it()
    {
        using (TeeSession first = _context.OpenSession(ContentDecryptor.Uuid))
        {
            first.Invoke(ContentDecryptor.CommandInstallKey, KeyOf(ContentDecryptor.ModeCtr, 1, 0, Parameter.TempInput(_key), Parameter.TempInput(_key)));
            first.Invoke(ContentDecryptor.CommandDecrypt, new Operation(Parameter.TempInput(new byte[1]), Parameter.Partial(_buffer, Direction.Output, 0, 1)));
        }

        Install(ContentDecryptor.ModeCtr, 1);

        Assert.Equal(TeecResult.AccessDenied, Decrypt(new byte[1]).Result);
    }

    [Fact]
    public void Plaintext_is_not_written_into_normal_memory()
    {
        Install(ContentDecryptor.ModeCtr, Length);
        byte[] loot = new byte[Length];

        TeecResult result = _decryptor.TryInvoke(ContentDecryptor.CommandDecrypt, new Operation(Parameter.TempInput(new byte[Length]), Parameter.TempOutput(loot)), out TeecOrigin origin);

        Assert.Equal((TeecResult.AccessDenied, TeecOrigin.TrustedApp), (result, origin));
        Assert.All(loot, b => Assert.Equal(0, b));
    }

    private static byte[] Plain(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 3))];

    private static string Hex(byte[] digest) => Convert.ToHexString(digest);

    private static Operation KeyOf(uint mode, ulong length, uint flags, Parameter key, Parameter iv) =>
        new(Parameter.ValueInput(mode, flags), key, iv, Parameter.ValueInput((uint)(length >> 32), unchecked((uint)length)));

    private void Install(uint mode, ulong length, uint flags = ContentDecryptor.FlagShow, Parameter? iv = null) =>
        _decryptor.Invoke(ContentDecryptor.CommandInstallKey, KeyOf(mode, length, flags, Parameter.TempInput(_key), iv ?? Parameter.TempInput(_key)));

    private TeecResult TryInstall(uint mode, ulong length, Parameter key, Parameter iv) =>
        _decryptor.TryInvoke(ContentDecryptor.CommandInstallKey, KeyOf(mode, length, ContentDecryptor.FlagShow, key, iv), out _);

    private (TeecResult Result, int Size) Decrypt(ReadOnlyMemory<byte> cipher)
    {
        var operation = new Operation(Parameter.TempInput(cipher), Parameter.Partial(_buffer, Direction.Output, 0, cipher.Length));
        TeecResult result = _decryptor.TryInvoke(ContentDecryptor.CommandDecrypt, operation, out _);
        return (result, operation[1].Size);
    }

    private (TeecResult Result, string Hex) Digest()
    {
        byte[] digest = new byte[ContentReader.DigestSize];
        TeecResult result = _decryptor.TryInvoke(ContentDecryptor.CommandDigest, new Operation(Parameter.TempOutput(digest)), out _);
        return (result, Hex(digest));
    }

    /// <summary>The IV is the key here: 00 … 0f, which counts up without a carry for as long as these tests need.</summary>
    private byte[] EncryptCtr(byte[] plain)
    {
        using var aes = Aes.Create();
        aes.Key = _key;
        byte[] counters = new byte[(plain.Length + 15) / 16 * 16];
        for (int at = 0; at < counters.Length; at += 16)
        {
            _key.CopyTo(counters, at);
            counters[at + 15] += (byte)(at / 16);
        }

        byte[] keystream = aes.EncryptEcb(counters, PaddingMode.None);
        return [.. plain.Select((b, i) => (byte)(b ^ keystream[i]))];
    }
}
