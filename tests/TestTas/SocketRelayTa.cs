using RestrictedTee.Sdk;

namespace RestrictedTee.TestTas;

/// <summary>Passes commands on to the socket pseudo TA as they come, whatever they are, in one session of it for each of its own.</summary>
[TrustedApp("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0d2", Flags = TaFlags.SingleInstance | TaFlags.MultiSession)]
public sealed class SocketRelayTa : TrustedApp
{
    private static readonly Guid SocketPta = new("3b996a7d-2c2b-4a49-a896-e1fb5766d2f4");

    [OpenSession]
    public static void Open(TaSession session) => session.Context = TaClientSession.Open(SocketPta);

    [Command(0)]
    public static TeeResult Unknown(TaSession session, RawParameters parameters) => Relay(session, 0, parameters);

    [Command(1)]
    public static TeeResult Open(TaSession session, RawParameters parameters)
    {
        Tee.UnmaskCancellation();
        return Relay(session, 1, parameters);
    }

    [Command(2)]
    public static TeeResult Close(TaSession session, RawParameters parameters) => Relay(session, 2, parameters);

    [Command(3)]
    public static TeeResult Send(TaSession session, RawParameters parameters) => Relay(session, 3, parameters);

    [Command(4)]
    public static TeeResult Receive(TaSession session, RawParameters parameters) => Relay(session, 4, parameters);

    [Command(5)]
    public static TeeResult Ioctl(TaSession session, RawParameters parameters)
    {
        Tee.UnmaskCancellation();
        return Relay(session, 5, parameters);
    }

    /// <summary>Dies with all that it has open.</summary>
    [Command(100)]
    public static void Panic() => Tee.Panic(1);

    private static TeeResult Relay(TaSession session, uint command, RawParameters parameters)
    {
        var operation = new TaOperation { P0 = Pass(parameters, 0), P1 = Pass(parameters, 1), P2 = Pass(parameters, 2), P3 = Pass(parameters, 3) };
        TeeResult result = session.Get<TaClientSession>().TryInvoke(command, ref operation, out _);
        Return(parameters, 0, operation.P0);
        Return(parameters, 1, operation.P1);
        Return(parameters, 2, operation.P2);
        Return(parameters, 3, operation.P3);
        return result;
    }

    private static TaParam Pass(RawParameters parameters, int index)
    {
        switch (parameters.Types[index])
        {
            case ParameterType.ValueInput:
                ValueInput value = parameters.Get<ValueInput>(index);
                return TaParam.ValueInput(value.A, value.B);
            case ParameterType.ValueOutput:
                return TaParam.ValueOutput();
            case ParameterType.MemrefInput:
                return TaParam.Input(parameters.Get<MemrefInput>(index).Span);
            case ParameterType.MemrefOutput:
                return TaParam.Output(parameters.Get<MemrefOutput>(index).Span);
            case ParameterType.MemrefInOut:
                return TaParam.InOut(parameters.Get<MemrefInOut>(index).Span);
            default:
                return default;
        }
    }

    private static void Return(RawParameters parameters, int index, TaParam result)
    {
        if (parameters.Types[index] == ParameterType.ValueOutput)
        {
            ValueOutput value = parameters.Get<ValueOutput>(index);
            (value.A, value.B) = (result.A, result.B);
        }
        else if (parameters.Types[index] == ParameterType.MemrefOutput)
        {
            MemrefOutput memory = parameters.Get<MemrefOutput>(index);
            memory.Size = result.Size;
        }
    }
}
