using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using static RestrictedTee.Contracts.SignVerifyExample;

namespace RestrictedTee.Tests.Examples;

/// <summary>The sign_verify example.</summary>
public sealed class SignVerifyExampleTests : IDisposable
{
    private static readonly byte[] Message = "HelloFromHost"u8.ToArray();

    private readonly ExampleSession _session = new(SignVerifyExample.Uuid);

    public static TheoryData<Algorithm> Algorithms => [.. Enum.GetValues<Algorithm>()];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_message_is_signed_by_a_key_that_is_made_for_it(Algorithm algorithm)
    {
        byte[] one = Sign(), other = Sign();

        Assert.Equal(144, one.Length); // PSS with SHA-512 takes 1034 bits at least
        Assert.NotEqual(one, other);

        byte[] Sign() => _session.Output(CommandSignVerify, 1, 512, Parameter.TempInput(Message), Parameter.None, Parameter.ValueInput((uint)algorithm), Parameter.ValueInput(1152));
    }

    [Fact]
    public void A_signature_that_does_not_fit_tells_its_size() => _session.AssertTellsSize(
        CommandSignVerify, 1, 128, Parameter.TempInput(Message), Parameter.None, Parameter.ValueInput((uint)Algorithm.Pkcs1Sha256), Parameter.ValueInput(1024));

    [Theory]
    [InlineData((uint)Algorithm.Pkcs1Sha512 + 1, 1024u, TeecResult.BadParameters)]
    [InlineData(uint.MaxValue, 1024u, TeecResult.BadParameters)]
    [InlineData((uint)Algorithm.Pkcs1Sha256, 0u, TeecResult.NotSupported)]
    [InlineData((uint)Algorithm.Pkcs1Sha256, 4097u, TeecResult.NotSupported)]
    [InlineData((uint)Algorithm.Pkcs1Sha256, uint.MaxValue, TeecResult.NotSupported)]
    [InlineData((uint)Algorithm.PssSha512, 512u, TeecResult.TargetDead)]
    public void A_scheme_or_a_key_that_there_is_not_is_refused(uint algorithm, uint keySize, TeecResult expected) => Assert.Equal(expected, _session.Invoke(
        CommandSignVerify, Parameter.TempInput(Message), Parameter.TempOutput(new byte[512]), Parameter.ValueInput(algorithm), Parameter.ValueInput(keySize)));
}
