using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using static RestrictedTee.Contracts.AesExample;

namespace RestrictedTee.Tests.Examples;

/// <summary>The aes example.</summary>
public sealed class AesExampleTests : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)0xA5, 16)];
    private static readonly byte[] Iv = new byte[16];
    private static readonly byte[] Clear = [.. Enumerable.Range(0, 4096).Select(i => (byte)(i & 0xFF))];
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 12).Select(i => (byte)i)];

    private readonly ExampleSession _session = new(AesExample.Uuid);

    public static TheoryData<uint, uint, uint, TeecResult> Preparations => new()
    {
        { (uint)Algorithm.Ctr, 16, ModeEncode, TeecResult.Success },
        { (uint)Algorithm.Gcm, 32, ModeDecode, TeecResult.Success },
        { (uint)Algorithm.Gcm + 1, 16, ModeEncode, TeecResult.BadParameters },
        { uint.MaxValue, 16, ModeEncode, TeecResult.BadParameters },
        { (uint)Algorithm.Ctr, 15, ModeEncode, TeecResult.BadParameters },
        { (uint)Algorithm.Ctr, 24, ModeEncode, TeecResult.BadParameters },
        { (uint)Algorithm.Ctr, 0, ModeEncode, TeecResult.BadParameters },
        { (uint)Algorithm.Ctr, uint.MaxValue, ModeEncode, TeecResult.BadParameters },
        { (uint)Algorithm.Ctr, 16, 2, TeecResult.BadParameters },
    };

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(Algorithm.Ecb)]
    [InlineData(Algorithm.Cbc)]
    [InlineData(Algorithm.Ctr)]
    public void A_text_in_pieces_is_what_the_library_makes_of_it_in_one(Algorithm algorithm)
    {
        byte[] iv = algorithm == Algorithm.Ecb ? [] : Iv;
        Begin(algorithm, ModeEncode, iv);
        byte[] encrypted = [.. Cipher(Clear[..1024]), .. Cipher(Clear[1024..])];
        Begin(algorithm, ModeDecode, iv);

        Assert.Equal(Clear, Cipher(encrypted));
        using var aes = Aes.Create();
        aes.Key = Key;
        if (algorithm == Algorithm.Ecb)
            Assert.Equal(aes.EncryptEcb(Clear, PaddingMode.None), encrypted);
        if (algorithm == Algorithm.Cbc)
            Assert.Equal(aes.EncryptCbc(Clear, Iv, PaddingMode.None), encrypted);
        if (algorithm == Algorithm.Ctr)
            Assert.Equal(Clear.Zip(aes.EncryptEcb(Iv, PaddingMode.None), (text, stream) => (byte)(text ^ stream)), encrypted[..16]);
    }

    [Theory]
    [InlineData(Algorithm.Ccm)]
    [InlineData(Algorithm.Gcm)]
    public void A_message_is_authenticated_both_ways(Algorithm algorithm)
    {
        byte[] tag = new byte[16], expected = new byte[80], expectedTag = new byte[16], decrypted = new byte[80];
        Prepare(algorithm, ModeEncode);

        byte[] encrypted = _session.Output(
            CommandAuthenc, 1, 80, Parameter.TempInput(Clear.AsMemory(0, 80)), Parameter.None, Parameter.ValueInput(1), Parameter.TempInOut(tag));

        if (algorithm == Algorithm.Gcm)
        {
            using var gcm = new AesGcm(Key, 16);
            gcm.Encrypt(Nonce, Clear.AsSpan(0, 80), expected, expectedTag);
        }
        else
        {
            using var ccm = new AesCcm(Key);
            ccm.Encrypt(Nonce, Clear.AsSpan(0, 80), expected, expectedTag);
        }

        Assert.Equal(expected, encrypted);
        Assert.Equal(expectedTag, tag);
        Prepare(algorithm, ModeDecode);
        Assert.Equal(Clear[..80], _session.Output(
            CommandAuthenc, 1, 80, Parameter.TempInput(encrypted), Parameter.None, Parameter.ValueInput(0), Parameter.TempInOut(tag)));

        tag[15] ^= 1;
        Assert.Equal((TeecResult)0xFFFF3071 /* TEE_ERROR_MAC_INVALID */, _session.Invoke(
            CommandAuthenc, Parameter.TempInput(encrypted), Parameter.TempOutput(decrypted), Parameter.ValueInput(0), Parameter.TempInOut(tag)));
        Assert.All(decrypted, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_message_that_does_not_fit_tells_its_size_and_can_be_asked_for_again()
    {
        byte[] tag = new byte[16];
        Prepare(Algorithm.Gcm, ModeEncode);
        Parameter[] parameters = [Parameter.TempInput(Clear.AsMemory(0, 80)), Parameter.None, Parameter.ValueInput(1), Parameter.TempInOut(tag)];

        _session.AssertTellsSize(CommandAuthenc, 1, 80, parameters);
        Assert.Equal(new byte[16], tag);

        Assert.Equal(80, _session.Output(CommandAuthenc, 1, 80, parameters).Length);
        Assert.NotEqual(new byte[16], tag);
    }

    [Fact]
    public void A_message_for_which_the_ta_has_no_room_is_refused_and_the_next_is_not()
    {
        Prepare(Algorithm.Gcm, ModeEncode);

        Assert.Equal(TeecResult.OutOfMemory, _session.Invoke(
            CommandAuthenc, Parameter.TempInput(new byte[40_000]), Parameter.TempOutput(new byte[40_000]), Parameter.ValueInput(1), Parameter.TempInOut(new byte[16])));
        Assert.Equal(30_000, _session.Output(
            CommandAuthenc, 1, 30_000, Parameter.TempInput(new byte[30_000]), Parameter.None, Parameter.ValueInput(1), Parameter.TempInOut(new byte[16])).Length);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(3)]
    [InlineData(0)]
    public void A_tag_of_a_size_that_there_is_not_is_not_supported(int size)
    {
        Prepare(Algorithm.Ccm, ModeEncode);

        Assert.Equal(TeecResult.NotSupported, _session.Invoke(
            CommandAuthenc, Parameter.TempInput(new byte[16]), Parameter.TempOutput(new byte[16]), Parameter.ValueInput(1), Parameter.TempInOut(new byte[size])));
    }

    [Theory]
    [MemberData(nameof(Preparations))]
    public void What_is_prepared_is_one_of_five_algorithms_with_one_of_two_keys_one_way_or_the_other(uint algorithm, uint keySize, uint mode, TeecResult expected) =>
        Assert.Equal(expected, _session.Invoke(CommandPrepare, Parameter.ValueInput(algorithm), Parameter.ValueInput(keySize), Parameter.ValueInput(mode)));

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(32)]
    [InlineData(0)]
    public void A_key_has_the_size_that_was_prepared(int size)
    {
        Assert.Equal(TeecResult.BadParameters, _session.Invoke(CommandSetKey, Parameter.TempInput(new byte[size])));
        Prepare(Algorithm.Ctr, ModeEncode);
        Assert.Equal(TeecResult.BadParameters, _session.Invoke(CommandSetKey, Parameter.TempInput(new byte[size])));
    }

    [Fact]
    public void Until_there_is_another_the_key_is_zero()
    {
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandPrepare, Parameter.ValueInput((uint)Algorithm.Ecb), Parameter.ValueInput(32), Parameter.ValueInput(ModeEncode)));
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandSetIv, Parameter.Null(Direction.Input)));
        using var aes = Aes.Create();
        aes.Key = new byte[32];

        Assert.Equal(aes.EncryptEcb(Clear, PaddingMode.None), Cipher(Clear));
    }

    [Fact]
    public void A_destination_is_as_large_as_the_source()
    {
        byte[] room = new byte[31];
        Assert.Equal(TeecResult.BadParameters, _session.Invoke(CommandCipher, Parameter.TempInput(new byte[32]), Parameter.TempOutput(room)));
        Assert.Equal(TeecResult.BadState, _session.Invoke(CommandCipher, Parameter.TempInput(new byte[31]), Parameter.TempOutput(room)));

        Begin(Algorithm.Ctr, ModeEncode, Iv);
        Assert.Equal(TeecResult.BadParameters, _session.Invoke(CommandCipher, Parameter.TempInput(new byte[32]), Parameter.TempOutput(room)));

        Assert.All(room, b => Assert.Equal(0, b));
    }

    [Theory]
    [InlineData("an IV before there is an operation")]
    [InlineData("an IV for authenticated encryption")]
    [InlineData("an IV of another size")]
    [InlineData("a text before there is an IV")]
    [InlineData("a text for authenticated encryption")]
    [InlineData("a message for a cipher")]
    [InlineData("encryption by what decrypts")]
    public void What_breaks_the_api_s_contract_panics_the_instance_as_in_the_original(string what)
    {
        Parameter message = Parameter.TempInput(new byte[16]), room = Parameter.TempOutput(new byte[16]), tag = Parameter.TempInOut(new byte[16]);
        if (what == "an IV for authenticated encryption" || what == "a text for authenticated encryption")
            Prepare(Algorithm.Gcm, ModeEncode);
        else if (what == "encryption by what decrypts")
            Prepare(Algorithm.Gcm, ModeDecode);
        else if (what != "an IV before there is an operation")
            Prepare(Algorithm.Cbc, ModeEncode);

        TeecResult result = what switch
        {
            "an IV of another size" => _session.Invoke(CommandSetIv, Parameter.TempInput(new byte[15])),
            "a text before there is an IV" or "a text for authenticated encryption" => _session.Invoke(CommandCipher, message, room),
            "a message for a cipher" or "encryption by what decrypts" => _session.Invoke(CommandAuthenc, message, room, Parameter.ValueInput(1), tag),
            _ => _session.Invoke(CommandSetIv, message),
        };

        Assert.Equal(TeecResult.TargetDead, result);
        _session.Context.OpenSession(AesExample.Uuid).Dispose(); // another instance, which knows nothing of it
    }

    private void Prepare(Algorithm algorithm, uint mode)
    {
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandPrepare, Parameter.ValueInput((uint)algorithm), Parameter.ValueInput(16), Parameter.ValueInput(mode)));
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandSetKey, Parameter.TempInput(Key)));
    }

    private void Begin(Algorithm algorithm, uint mode, byte[] iv)
    {
        Prepare(algorithm, mode);
        Assert.Equal(TeecResult.Success, _session.Invoke(CommandSetIv, Parameter.TempInput(iv)));
    }

    private byte[] Cipher(byte[] text) => _session.Output(CommandCipher, 1, text.Length, Parameter.TempInput(text));
}
