using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Tests.Examples;

/// <summary>The examples on elliptic curves: ecdh and ecdsa.</summary>
public sealed class EllipticCurveExampleTests
{
    private static readonly byte[] Message = "hello world"u8.ToArray();

    /// <summary>The algorithm, the bytes of its digest and those of a signature.</summary>
    public static TheoryData<uint, int, int> Suites => new()
    {
        { 0x7000_1042, 20, 48 },
        { 0x7000_2042, 28, 56 },
        { 0x7000_3042, 32, 64 },
        { 0x7000_4042, 48, 96 },
        { 0x7000_5042, 64, 132 },
    };

    [Theory]
    [InlineData(EcdhExample.Curve.NistP192, 24)]
    [InlineData(EcdhExample.Curve.NistP224, 28)]
    [InlineData(EcdhExample.Curve.NistP256, 32)]
    [InlineData(EcdhExample.Curve.NistP384, 48)]
    public void Two_sides_agree_on_a_secret_of_the_curve_s_size(EcdhExample.Curve curve, int size)
    {
        using var session = new ExampleSession(EcdhExample.Uuid);
        Parameter[] parameters = [Parameter.ValueInput((uint)curve), Parameter.None, Parameter.None, Parameter.None];

        session.AssertTellsSize(EcdhExample.CommandDeriveSelfTest, 3, size, parameters);
        byte[] one = session.Output(EcdhExample.CommandDeriveSelfTest, 3, size, parameters);

        Assert.Equal(size, one.Length);
        Assert.NotEqual(one, session.Output(EcdhExample.CommandDeriveSelfTest, 3, 100, parameters));
    }

    [Theory]
    [InlineData((uint)EcdhExample.Curve.NistP384 + 1)]
    [InlineData(uint.MaxValue)]
    public void A_curve_that_there_is_not_is_refused(uint curve)
    {
        using var session = new ExampleSession(EcdhExample.Uuid);

        Assert.Equal(TeecResult.BadParameters, session.Invoke(
            EcdhExample.CommandDeriveSelfTest, Parameter.ValueInput(curve), Parameter.None, Parameter.None, Parameter.TempOutput(new byte[100])));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_message_is_digested_and_signed(uint algorithm, int digestSize, int signatureSize)
    {
        using var session = new ExampleSession(EcdsaExample.Uuid);
        Parameter[] digesting = [Parameter.TempInput(Message), Parameter.None, Parameter.ValueInput(algorithm)];

        session.AssertTellsSize(EcdsaExample.CommandComputeDigest, 1, digestSize, digesting);
        byte[] digest = session.Output(EcdsaExample.CommandComputeDigest, 1, 64, digesting);
        Assert.Equal(TeecResult.Success, session.Invoke(EcdsaExample.CommandGenerateKey));
        session.AssertTellsSize(EcdsaExample.CommandSignVerifyDigest, 1, signatureSize, Parameter.TempInput(digest));
        byte[] signature = session.Output(EcdsaExample.CommandSignVerifyDigest, 1, 512, Parameter.TempInput(digest));

        Assert.Equal((digestSize, signatureSize), (digest.Length, signature.Length));
        if (digestSize == 32)
            Assert.Equal(SHA256.HashData(Message), digest);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x5000_0004u /* a digest */)]
    [InlineData(0x7000_6042u /* ECDSA with SHA3-224, which the example has not */)]
    public void An_algorithm_that_the_example_has_not_is_refused_and_there_is_no_key_for_it(uint algorithm)
    {
        using var session = new ExampleSession(EcdsaExample.Uuid);

        Assert.Equal(TeecResult.BadParameters, session.Invoke(
            EcdsaExample.CommandComputeDigest, Parameter.TempInput(Message), Parameter.TempOutput(new byte[64]), Parameter.ValueInput(algorithm)));
        Assert.Equal(TeecResult.BadParameters, session.Invoke(EcdsaExample.CommandGenerateKey));
    }

    [Fact]
    public void Out_of_order_it_answers_as_the_original_does()
    {
        using var session = new ExampleSession(EcdsaExample.Uuid);
        Parameter[] signing = [Parameter.TempInput(new byte[32]), Parameter.TempOutput(new byte[64])];

        Assert.Equal(TeecResult.BadParameters, session.Invoke(EcdsaExample.CommandGenerateKey));
        Assert.Equal(TeecResult.NotSupported, session.Invoke(EcdsaExample.CommandSignVerifyDigest, signing));
        session.Output(EcdsaExample.CommandComputeDigest, 1, 64, Parameter.TempInput(Message), Parameter.None, Parameter.ValueInput(0x7000_3042));
        Assert.Equal(TeecResult.NotSupported, session.Invoke(EcdsaExample.CommandSignVerifyDigest, signing));
        Assert.Equal(TeecResult.Success, session.Invoke(EcdsaExample.CommandGenerateKey));
        Assert.Equal(TeecResult.Success, session.Invoke(EcdsaExample.CommandSignVerifyDigest, signing));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(5000)]
    public void A_digest_of_another_size_is_refused_and_no_panic(int size)
    {
        using var session = new ExampleSession(EcdsaExample.Uuid);
        session.Output(EcdsaExample.CommandComputeDigest, 1, 64, Parameter.TempInput(Message), Parameter.None, Parameter.ValueInput(0x7000_3042));
        session.Invoke(EcdsaExample.CommandGenerateKey);

        Assert.Equal(TeecResult.BadParameters, session.Invoke(
            EcdsaExample.CommandSignVerifyDigest, Parameter.TempInput(new byte[size]), Parameter.TempOutput(new byte[64])));
    }
}
