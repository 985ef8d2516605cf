using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;
using static RestrictedTee.Tests.Harness.Shape;

namespace RestrictedTee.Tests.XtestApps;

/// <summary>The shapes of calls that the TAs of xtest take, command by command, and what they answer to all others.</summary>
public sealed class ShapeTests : IDisposable
{
    private readonly InProcessTee _tee = new();

    /// <summary>The TA, the command, and the one shape that it takes.</summary>
    public static TheoryData<Guid, uint, string> Commands => new()
    {
        { OsTest.Uuid, OsTest.CommandClientWithTimeout, Value },
        { OsTest.Uuid, OsTest.CommandBasic, In },
        { OsTest.Uuid, OsTest.CommandParamsAccess, In + In },
        { OsTest.Uuid, OsTest.CommandTa2TaMemref, None },
        { OsTest.Uuid, OsTest.CommandTa2TaMemrefMix, In + InOut + Out },
        { OsTest.Uuid, OsTest.CommandParams, In + In + Out + Out },
        { OsTest.Uuid, OsTest.CommandCallLib, None },
        { OsTest.Uuid, OsTest.CommandCallLibPanic, None },
        { OsTest.Uuid, OsTest.CommandCallLibDl, None },
        { OsTest.Uuid, OsTest.CommandCallLibDlPanic, None },
        { OsTest.Uuid, OsTest.CommandGetGlobalVar, ValueOut },
        { OsTest.Uuid, OsTest.CommandNullMemrefParams, In + In + Out + Out },
        { OsTest.Uuid, OsTest.CommandClientIdentity, ValueOut + Out },
        { OsTest.Uuid, OsTest.CommandTa2TaMemrefSize0, In + InOut + Out },
        { RpcTest.Uuid, RpcTest.CommandSha224, In + Out },
        { RpcTest.Uuid, RpcTest.CommandSha256, In + Out },
        { RpcTest.Uuid, RpcTest.CommandAes256EcbEncrypt, In + Out },
        { RpcTest.Uuid, RpcTest.CommandAes256EcbDecrypt, In + Out },
        { RpcTest.Uuid, RpcTest.CommandPrivateSha224, In + Out },
        { RpcTest.Uuid, RpcTest.CommandPrivateSha256, In + Out },
        { RpcTest.Uuid, RpcTest.CommandPrivateAes256EcbEncrypt, In + Out },
        { RpcTest.Uuid, RpcTest.CommandPrivateAes256EcbDecrypt, In + Out },
        { BtiTest.Uuid, BtiTest.CommandIsImplemented, ValueOut },
        { SuppPlugin.Uuid, SuppPlugin.CommandPassValues, ValueInOut + Value },
        { SuppPlugin.Uuid, SuppPlugin.CommandWriteArray, InOut + ValueOut },
        { SuppPlugin.Uuid, SuppPlugin.CommandGetArray, Out + ValueOut },
        { CryptoPerf.Uuid, CryptoPerf.CommandCipherPrepareKey, Value + Value },
        { CryptoPerf.Uuid, CryptoPerf.CommandCipherProcess, InOut + InOut + Value },
        { CryptoPerf.Uuid, CryptoPerf.CommandCipherProcessSdp, InOut + InOut + Value },
        { CryptoPerf.Uuid, CryptoPerf.CommandHashPrepare, Value },
        { CryptoPerf.Uuid, CryptoPerf.CommandHashProcess, In + Out + Value },
        { CryptoPerf.Uuid, CryptoPerf.CommandAsymmetricPrepareObject, Value + Value },
        { CryptoPerf.Uuid, CryptoPerf.CommandAsymmetricPrepareHash, Value + In + InOut },
        { CryptoPerf.Uuid, CryptoPerf.CommandAsymmetricPrepareKeyPair, Value + Value + In },
        { CryptoPerf.Uuid, CryptoPerf.CommandAsymmetricPrepareEncryptSign, In + Out + Value + In },
        { CryptoPerf.Uuid, CryptoPerf.CommandAsymmetricPrepareAttributes, InOut },
        { CryptoPerf.Uuid, CryptoPerf.CommandAsymmetricGenerateKeyPair, Value },
        { CryptoPerf.Uuid, CryptoPerf.CommandAsymmetricProcess, Value + In + Out },
        { CryptoPerf.Uuid, CryptoPerf.CommandAsymmetricFreeAttributes, None },
        { Sims.Uuid, Sims.CommandRead, Value + Out },
        { Sims.Uuid, Sims.CommandWrite, Value + In },
        { Sims.Uuid, Sims.CommandGetCounter, ValueOut },
        { Sims.Uuid, Sims.CommandPanic, In },
        { Sims.Uuid, Sims.CommandOpenTaSession, In },
    };

    public static TheoryData<Guid, uint, TeecResult> Unknown => new()
    {
        { OsTest.Uuid, 2, TeecResult.BadParameters },
        { OsTest.Uuid, OsTest.CommandAsanMemfunc + 1, TeecResult.BadParameters },
        { OsTest.Uuid, uint.MaxValue, TeecResult.BadParameters },
        { RpcTest.Uuid, 0, TeecResult.BadParameters },
        { RpcTest.Uuid, RpcTest.CommandPrivateAes256EcbDecrypt + 1, TeecResult.BadParameters },
        { TpmLogTest.Uuid, 0, TeecResult.BadParameters },
        { TpmLogTest.Uuid, TpmLogTest.CommandGetLog, TeecResult.AccessDenied },
        { TpmLogTest.Uuid, TpmLogTest.CommandShortBuffer, TeecResult.Generic },
        { BtiTest.Uuid, BtiTest.CommandIsImplemented + 1, TeecResult.BadParameters },
        { CryptoPerf.Uuid, CryptoPerf.CommandAsymmetricFreeAttributes + 1, TeecResult.BadParameters },
        { SuppPlugin.Uuid, SuppPlugin.CommandUnknownUuid + 1, TeecResult.NotSupported },
        { Large.Uuid, 0, TeecResult.Generic },
        { Large.Uuid, uint.MaxValue, TeecResult.Generic },
    };

    public void Dispose() => _tee.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_refuses_each_shape_but_its_own(Guid uuid, uint command, string shape)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(uuid);
        string padded = shape.Replace(None, "", StringComparison.Ordinal).PadRight(Operation.ParameterCount, None[0]);

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
    public void A_command_that_there_is_not_gets_the_answer_of_the_original(Guid uuid, uint command, TeecResult expected)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(uuid, operation: Make(In + Value + Out + InOut));

        Assert.Equal(expected, session.TryInvoke(command, Make(In + Value + Out + InOut), out TeecOrigin origin));
        Assert.Equal(TeecOrigin.TrustedApp, origin);
    }

    [Theory]
    [InlineData(OsTest.CommandPauthNop, OsTest.CommandPauthCorruptPac)]
    [InlineData(OsTest.CommandMemtagUseAfterFree, OsTest.CommandMemtagBufferOverrun)]
    [InlineData(OsTest.CommandAsanStack, OsTest.CommandAsanMemfunc)]
    public void What_only_native_code_can_is_not_supported_whatever_the_shape_is(uint first, uint last)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(OsTest.Uuid);

        for (uint command = first; command <= last; command++)
        {
            Assert.Equal(TeecResult.NotSupported, session.TryInvoke(command, null, out _));
            Assert.Equal(TeecResult.NotSupported, session.TryInvoke(command, Make(In + Value + Out + InOut), out _));
        }

        Assert.Equal(TeecResult.ItemNotFound, session.TryInvoke(OsTest.CommandAttestation, Make(In + Out), out _));
    }
    [Fact]
    public void Code_of_several_files_is_tried_whatever_the_shape_is()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(OsTest.Uuid);

        for (uint command = OsTest.CommandTlsTestMain; command <= OsTest.CommandCxxExcMixed; command++)
        {
            Assert.Equal(TeecResult.Success, session.TryInvoke(command, null, out _));
            Assert.Equal(TeecResult.Success, session.TryInvoke(command, Make(In + Value + Out + InOut), out _));
        }
    }
}
