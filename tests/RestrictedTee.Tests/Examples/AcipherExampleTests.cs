using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using static RestrictedTee.Contracts.AcipherExample;

namespace RestrictedTee.Tests.Examples;

/// <summary>The acipher example.</summary>
public sealed class AcipherExampleTests : IDisposable
{
    private const uint Pkcs1 = 0x6000_0130, OaepSha1 = 0x6021_0230, OaepSha256 = 0x6041_0230;

    private readonly ExampleSession _session = new(AcipherExample.Uuid);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(Pkcs1)]
    [InlineData(OaepSha1)]
    [InlineData(OaepSha256)]
    public void What_one_half_encrypts_the_other_decrypts_and_each_tells_its_size_first(uint algorithm)
    {
        byte[] text = "Save the whales!"u8.ToArray();
        GenerateKey(1024);
        Parameter[] encryption = [Parameter.TempInput(text), Parameter.None, Parameter.ValueInput(1), Parameter.ValueInput(algorithm)];

        _session.AssertTellsSize(CommandEncryptDecrypt, 1, 128, encryption);
        byte[] encrypted = _session.Output(CommandEncryptDecrypt, 1, 200, encryption);

        Assert.Equal(128, encrypted.Length);
        Parameter[] decryption = [Parameter.TempInput(encrypted), Parameter.None, Parameter.ValueInput(0), Parameter.ValueInput(algorithm)];
        var sizeOnly = new Operation(decryption) { [1] = Parameter.Null(Direction.Output) };
        Assert.Equal(TeecResult.ShortBuffer, _session.Invoke(CommandEncryptDecrypt, sizeOnly));
        Assert.InRange(sizeOnly[1].Size, text.Length, 128);
        Assert.Equal(text, _session.Output(CommandEncryptDecrypt, 1, 128, decryption));
    }

    [Fact]
    public void Without_a_key_it_is_the_wrong_time() =>
        Assert.Equal(TeecResult.BadState, Encrypt(new byte[16], new byte[256], Pkcs1));

    [Theory]
    [InlineData(0u)]
    [InlineData(255u)]
    [InlineData(4097u)]
    [InlineData(uint.MaxValue)]
    public void A_key_of_a_size_that_there_is_not_leaves_the_one_that_there_is(uint size)
    {
        byte[] text = [1, 2, 3];
        GenerateKey(512);
        byte[] encrypted = _session.Output(CommandEncryptDecrypt, 1, 64, Parameter.TempInput(text), Parameter.None, Parameter.ValueInput(1), Parameter.ValueInput(Pkcs1));

        Assert.Equal(TeecResult.NotSupported, _session.Invoke(CommandGenerateKey, Parameter.ValueInput(size)));

        Assert.Equal(text, _session.Output(
            CommandEncryptDecrypt, 1, 64, Parameter.TempInput(encrypted), Parameter.None, Parameter.ValueInput(0), Parameter.ValueInput(Pkcs1)));
    }

    [Theory]
    [InlineData(0u, 16, TeecResult.NotSupported)]
    [InlineData(uint.MaxValue, 16, TeecResult.NotSupported)]
    [InlineData(0x7041_4930u /* a signature */, 16, TeecResult.NotSupported)]
    [InlineData(0x1000_0210u /* AES */, 16, TeecResult.NotSupported)]
    [InlineData(Pkcs1, 54, TeecResult.BadParameters)]
    [InlineData(Pkcs1, 53, TeecResult.Success)]
    public void The_client_chooses_algorithm_and_text_but_within_limits(uint algorithm, int size, TeecResult expected)
    {
        GenerateKey(512);

        Assert.Equal(expected, Encrypt(new byte[size], new byte[64], algorithm));
    }

    [Fact]
    public void A_ciphertext_of_nothing_is_an_answer_and_no_panic()
    {
        byte[] room = new byte[64];
        GenerateKey(512);

        TeecResult oneByteShort = Decrypt(new byte[63], room), ofNothing = Decrypt([.. Enumerable.Repeat((byte)1, 64)], room);

        Assert.NotEqual(TeecResult.Success, ofNothing);
        Assert.Equal((TeecResult.BadParameters, false), (oneByteShort, ofNothing == TeecResult.TargetDead));
        Assert.All(room, b => Assert.Equal(0, b));
    }

    private void GenerateKey(uint size) => Assert.Equal(TeecResult.Success, _session.Invoke(CommandGenerateKey, Parameter.ValueInput(size)));

    private TeecResult Encrypt(byte[] text, byte[] room, uint algorithm) =>
        _session.Invoke(CommandEncryptDecrypt, Parameter.TempInput(text), Parameter.TempOutput(room), Parameter.ValueInput(1), Parameter.ValueInput(algorithm));

    private TeecResult Decrypt(byte[] text, byte[] room) =>
        _session.Invoke(CommandEncryptDecrypt, Parameter.TempInput(text), Parameter.TempOutput(room), Parameter.ValueInput(0), Parameter.ValueInput(Pkcs1));
}
