using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;
using static RestrictedTee.Tests.Harness.Shape;

namespace RestrictedTee.Tests.Examples;

/// <summary>The shapes of calls that the examples take, how they open, and what they answer to commands that there are not.</summary>
public sealed class ExampleShapeTests : IDisposable
{
    private readonly InProcessTee _tee = new();

    /// <summary>The TA, the command, and the one shape that it takes.</summary>
    public static TheoryData<Guid, uint, string> Commands => new()
    {
        { AesExample.Uuid, AesExample.CommandPrepare, Value + Value + Value },
        { AesExample.Uuid, AesExample.CommandSetKey, In },
        { AesExample.Uuid, AesExample.CommandSetIv, In },
        { AesExample.Uuid, AesExample.CommandCipher, In + Out },
        { AesExample.Uuid, AesExample.CommandAuthenc, In + Out + Value + InOut },
        { AcipherExample.Uuid, AcipherExample.CommandGenerateKey, Value },
        { AcipherExample.Uuid, AcipherExample.CommandEncryptDecrypt, In + Out + Value + Value },
        { HotpExample.Uuid, HotpExample.CommandRegisterSharedKey, In },
        { HotpExample.Uuid, HotpExample.CommandGetHotp, ValueOut },
        { RandomExample.Uuid, RandomExample.CommandGenerate, Out },
        { EcdhExample.Uuid, EcdhExample.CommandDeriveSelfTest, Value + None + None + Out },
        { EcdsaExample.Uuid, EcdsaExample.CommandComputeDigest, In + Out + Value },
        { EcdsaExample.Uuid, EcdsaExample.CommandGenerateKey, None },
        { EcdsaExample.Uuid, EcdsaExample.CommandSignVerifyDigest, In + Out },
        { ShaExample.Uuid, ShaExample.CommandPrepare, Value + Value + Value },
        { ShaExample.Uuid, ShaExample.CommandSetKey, In },
        { ShaExample.Uuid, ShaExample.CommandSetIv, In },
        { ShaExample.Uuid, ShaExample.CommandComputeMac, In + Out },
        { ShaExample.Uuid, ShaExample.CommandCompareMac, In + In },
        { ShaExample.Uuid, ShaExample.CommandComputeDigest, In + Out + Value },
        { SignVerifyExample.Uuid, SignVerifyExample.CommandSignVerify, In + Out + Value + Value },
        { PluginExample.Uuid, PluginExample.CommandPing, None },
    };

    /// <summary>What the original answers to a command that it has not, and whether it opens with parameters.</summary>
    public static TheoryData<Guid, uint, TeecResult, bool> Unknown => new()
    {
        { AesExample.Uuid, AesExample.CommandAuthenc + 1, TeecResult.NotSupported, true },
        { AcipherExample.Uuid, AcipherExample.CommandEncryptDecrypt + 1, TeecResult.NotSupported, true },
        { HotpExample.Uuid, HotpExample.CommandGetHotp + 1, TeecResult.BadParameters, false },
        { RandomExample.Uuid, RandomExample.CommandGenerate + 1, TeecResult.BadParameters, false },
        { EcdhExample.Uuid, EcdhExample.CommandDeriveSelfTest + 1, TeecResult.BadParameters, true },
        { EcdsaExample.Uuid, EcdsaExample.CommandSignVerifyDigest + 1, TeecResult.BadParameters, true },
        { ShaExample.Uuid, ShaExample.CommandComputeDigest + 1, TeecResult.NotSupported, true },
        { SignVerifyExample.Uuid, SignVerifyExample.CommandSignVerify + 1, TeecResult.BadParameters, true },
        { PluginExample.Uuid, PluginExample.CommandPing + 1, TeecResult.NotSupported, false },
    };

    public void Dispose() => _tee.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_refuses_each_shape_but_its_own_before_it_looks_at_anything(Guid uuid, uint command, string shape)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(uuid);
        string padded = shape.PadRight(Operation.ParameterCount, None[0]);

        for (int position = 0; position < Operation.ParameterCount; position++)
        {
            foreach (char other in Value + ValueOut + ValueInOut + In + Out + InOut + None)
            {
                string wrong = padded[..position] + other + padded[(position + 1)..];
                if (wrong == padded)
                    continue;

                TeecResult result = session.TryInvoke(command, Make(wrong), out TeecOrigin origin);

                Assert.True((result, origin) == (TeecResult.BadParameters, TeecOrigin.TrustedApp), $"{wrong}: {result} by {origin}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Unknown))]
    public void It_opens_and_answers_to_other_commands_as_the_original_does(Guid uuid, uint command, TeecResult expected, bool opensWithParameters)
    {
        using TeeContext context = _tee.OpenContext();
        TeecResult opened = context.TryOpenSession(uuid, TeecLogin.Public, 0, Make(In + Value + Out + InOut), out TeeSession? other, out _);
        other?.Dispose();
        using TeeSession session = context.OpenSession(uuid);

        Assert.Equal(opensWithParameters ? TeecResult.Success : TeecResult.BadParameters, opened);
        Assert.Equal(expected, session.TryInvoke(command, null, out TeecOrigin origin));
        Assert.Equal(expected, session.TryInvoke(uint.MaxValue, null, out _));
        Assert.Equal(TeecOrigin.TrustedApp, origin);
    }
}
