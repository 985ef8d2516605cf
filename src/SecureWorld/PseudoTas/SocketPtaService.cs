using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.PseudoTas.Sockets;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>Sockets of the normal world, for trusted applications (core/tee/socket.c upstream); the contract is <see cref="SocketPta"/>.</summary>
[TrustedApp(
    SocketPta.UuidText,
    Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive | TaFlags.Concurrent,
    Description = "socket")]
internal sealed class SocketPtaService(KernelServices kernel) : TrustedApp
{
    private readonly SocketRegistry _registry = new(new SocketRequests(kernel.Rpc));

    [OpenSession]
    public TeeResult Open(TaSession session, RawParameters parameters)
    {
        if (CallStack.Current.Caller?.Session?.Instance is not { Manifest.IsPseudo: false } caller)
            return TeeResult.AccessDenied;
        session.Context = _registry.NewSession(caller.Number);
        return TeeResult.Success;
    }

    [Command(SocketPta.CommandOpen)]
    public static TeeResult Open(TaSession session, ValueInput address, MemrefInput host, ValueInput protocol, ValueOutput handle)
    {
        if (address.A > OpteeRpcSocket.IpVersion6 || address.B > ushort.MaxValue || protocol.A is not (OpteeRpcSocket.ProtocolTcp or OpteeRpcSocket.ProtocolUdp))
            return TeeResult.BadParameters;
        if (host.Size is 0 or > SocketPta.LongestName)
            return TeeResult.SocketHostName;
        byte[] name = host.Span.ToArray();
        if (name[^1] != 0)
            return TeeResult.SocketHostName;
        using var wait = SocketWait.Begin(TaClientSession.InfiniteTimeout);
        TeeResult result = session.Get<SocketSession>().Open(new SocketAddress(address.A, (ushort)address.B, protocol.A, name), wait, out uint opened);
        handle.A = opened;
        return result;
    }

    [Command(SocketPta.CommandClose)]
    public static TeeResult Close(TaSession session, ValueInput handle) => session.Get<SocketSession>().Close(handle.A);

    [Command(SocketPta.CommandSend)]
    public static TeeResult Send(TaSession session, ValueInput how, MemrefInput data, ValueOutput sent)
    {
        using var wait = SocketWait.Begin(how.B);
        TeeResult result = session.Get<SocketSession>().Send(how.A, data.Span, wait, out uint count);
        sent.A = count;
        return result;
    }

    [Command(SocketPta.CommandReceive)]
    public static TeeResult Receive(TaSession session, ValueInput how, MemrefOutput data)
    {
        using var wait = SocketWait.Begin(how.B);
        TeeResult result = session.Get<SocketSession>().Receive(how.A, data.Span, wait, out int size);
        if (result == TeeResult.Success)
            data.Size = size;
        return result;
    }

    [Command(SocketPta.CommandIoctl)]
    public static TeeResult Ioctl(TaSession session, ValueInput how, MemrefInOut data)
    {
        using var wait = SocketWait.Begin(TaClientSession.InfiniteTimeout);
        TeeResult result = session.Get<SocketSession>().Ioctl(how.A, how.B, data.Span, wait, out int size);
        if (result == TeeResult.Success)
            data.Size = size;
        return result;
    }
}
