using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Examples;

/// <summary>A TEE and a session in it with one of the examples.</summary>
internal sealed class ExampleSession : IDisposable
{
    private readonly InProcessTee _tee;
    private readonly TeeContext _context;
    private readonly TeeSession _session;

    internal ExampleSession(Guid uuid, ConduitAbi abi = ConduitAbi.Smc)
    {
        _tee = new InProcessTee(abi: abi);
        _context = _tee.OpenContext();
        _session = _context.OpenSession(uuid);
    }

    internal InProcessTee Tee => _tee;

    internal TeeContext Context => _context;

    /// <summary>Invokes a command; what answers is always the trusted application, unless it is dead.</summary>
    internal TeecResult Invoke(uint command, params ReadOnlySpan<Parameter> parameters) => Invoke(command, new Operation(parameters));

    internal TeecResult Invoke(uint command, Operation operation)
    {
        TeecResult result = _session.TryInvoke(command, operation, out TeecOrigin origin);
        Assert.Equal(result == TeecResult.TargetDead ? TeecOrigin.Tee : TeecOrigin.TrustedApp, origin);
        return result;
    }

    /// <summary>Invokes a command whose output is one memref, and gives back what was written.</summary>
    internal byte[] Output(uint command, int index, int room, params ReadOnlySpan<Parameter> parameters)
    {
        byte[] memory = new byte[room];
        var operation = new Operation(parameters) { [index] = Parameter.TempOutput(memory) };
        Assert.Equal(TeecResult.Success, Invoke(command, operation));
        return memory[..operation[index].Size];
    }

    /// <summary>With a byte too few in memref <paramref name="index"/> the command tells the size, and writes nothing; so does it without memory.</summary>
    internal void AssertTellsSize(uint command, int index, int needed, params ReadOnlySpan<Parameter> parameters)
    {
        byte[] room = new byte[needed - 1];
        var operation = new Operation(parameters) { [index] = Parameter.TempOutput(room) };

        Assert.Equal(TeecResult.ShortBuffer, Invoke(command, operation));
        Assert.Equal(needed, operation[index].Size);
        Assert.All(room, b => Assert.Equal(0, b));

        operation[index] = Parameter.Null(Direction.Output);
        Assert.Equal(TeecResult.ShortBuffer, Invoke(command, operation));
        Assert.Equal(needed, operation[index].Size);
    }

    public void Dispose()
    {
        _session.Dispose();
        _context.Dispose();
        _tee.Dispose();
    }
}
