using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Tests.Sockets;

/// <summary>A client of the socket TA.</summary>
internal sealed class SocketClient(TeeContext context) : IDisposable
{
    internal const uint Forever = uint.MaxValue, Any = 0, Version4 = 1, Version6 = 2;

    internal TeeSession Session { get; } = context.OpenSession(SocketApp.Uuid);

    public void Dispose() => Session.Dispose();

    internal byte[] OpenTcp(ushort port, string host = "127.0.0.1") => Opened(TryOpen(SocketApp.CommandTcpOpen, host, port, out byte[] handle, out _), handle);

    internal byte[] OpenUdp(ushort port, string host = "127.0.0.1") => Opened(TryOpen(SocketApp.CommandUdpOpen, host, port, out byte[] handle, out _), handle);

    internal uint TryOpen(uint command, string host, ushort port, out byte[] handle, out uint protocolError, uint version = Any)
    {
        handle = new byte[SocketApp.HandleSize];
        var operation = new Operation(
            Parameter.ValueInput(version, port), Parameter.TempInput(Encoding.UTF8.GetBytes(host + '\0')), Parameter.TempOutput(handle), Parameter.ValueOutput());
        uint result = Try(SocketApp.CommandTcpOpen == command ? command : SocketApp.CommandUdpOpen, operation);
        protocolError = operation[3].A;
        return result;
    }

    internal uint Send(byte[] handle, byte[] data, uint timeout, out int sent)
    {
        var operation = new Operation(Parameter.TempInput(handle), Parameter.TempInput(data), Parameter.ValueInOut(timeout));
        uint result = Try(SocketApp.CommandSend, operation);
        sent = (int)operation[2].B;
        return result;
    }

    internal uint Receive(byte[] handle, byte[] room, uint timeout, out int size)
    {
        var operation = new Operation(Parameter.TempInput(handle), Parameter.TempOutput(room), Parameter.ValueInput(timeout));
        uint result = Try(SocketApp.CommandReceive, operation);
        size = operation[1].Size;
        return result;
    }

    internal uint Close(byte[] handle) => Try(SocketApp.CommandClose, new Operation(Parameter.TempInput(handle)));

    internal uint Ioctl(byte[] handle, uint command, byte[] argument) =>
        Try(SocketApp.CommandIoctl, new Operation(Parameter.TempInput(handle), Parameter.TempInOut(argument), Parameter.ValueInput(command)));

    private uint Try(uint command, Operation operation) => (uint)Session.TryInvoke(command, operation, out _);

    private static byte[] Opened(uint result, byte[] handle)
    {
        Assert.Equal((uint)TeecResult.Success, result);
        return handle;
    }
}
