using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Kernel;

/// <summary>Memory references that ask for more than there is: refused, with upstream's codes.</summary>
public sealed class MemrefRightsTests : IDisposable
{
    private static readonly Guid Relay = new("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0b1");

    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Fact]
    public void A_ta_that_passes_on_for_writing_what_it_may_only_read_panics_and_nothing_is_written()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Relay);
        byte[] bytes = [1, 2, 3, 4];

        TeecResult result = session.TryInvoke(3, new Operation(Parameter.TempInput(bytes)), out TeecOrigin origin);

        Assert.Equal((TeecResult.TargetDead, TeecOrigin.Tee), (result, origin));
        Assert.Equal([1, 2, 3, 4], bytes);
        _tee.AssertStillServes();
    }

    [Fact]
    public void A_ta_may_pass_on_what_it_may_write()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession session = context.OpenSession(Relay);

        session.Invoke(4, new Operation(Parameter.TempOutput(new byte[4])));
    }

    [Theory]
    [InlineData(ConduitAbi.Ffa, 0UL, Sdk.TeeResult.Success)]
    [InlineData(ConduitAbi.Ffa, 16UL, Sdk.TeeResult.BadParameters)]
    public void Over_ffa_a_null_memref_has_no_size(ConduitAbi abi, ulong size, Sdk.TeeResult expected)
    {
        using var ram = new NormalRamMap();
        using var relayer = new MemoryRelayer(ram, SecretMemoryChoice.Off);
        var objects = new MemoryObjectTable();
        using var restricted = new RestrictedMemory(InProcessTee.SmallBoard, SecretMemoryChoice.Off, objects);
        var parameters = new CallParameters();

        Sdk.TeeResult result = new ParameterReader(abi, relayer, objects, restricted, reserved: null)
            .Read([new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemInput, B = size, C = OpteeMsg.FmemInvalidGlobalId }], parameters);

        Assert.Equal(expected, result);
        Assert.Null(parameters[0].Memory);
    }

    [Fact]
    public void Unregistering_what_nobody_has_registered_is_bad_parameters()
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.UnregisterShm;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemInput, C = 0xC0FFEE };

        Assert.Equal(OpteeSmc.ReturnOk, _tee.Message(ref message));

        Assert.Equal((uint)Sdk.TeeResult.BadParameters, message.Arg.Result);
    }
}
