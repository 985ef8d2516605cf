using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression2000;

/// <summary>A session of the socket TA, and its commands.</summary>
internal sealed class SocketSession(CaseRun c) : IDisposable
{
    internal const uint Forever = uint.MaxValue;

    private readonly TeeSession? _session = c.Open(SocketApp.Uuid);

    public void Dispose() => _session?.Dispose();

    /// <summary>Opens a socket, which must succeed.</summary>
    internal byte[] Open(uint command, string host, ushort port)
    {
        c.ExpectSuccess(TryOpen(command, host, port, out byte[] handle, out uint protocolError));
        c.Expect(protocolError == 0, $"no error of the protocol, got 0x{protocolError:x8}");
        return handle;
    }

    internal TeecResult TryOpen(uint command, string host, ushort port, out byte[] handle, out uint protocolError)
    {
        handle = new byte[SocketApp.HandleSize];
        var operation = new Operation(
            Parameter.ValueInput(0, port), Parameter.TempInput(Encoding.UTF8.GetBytes(host + '\0')), Parameter.TempOutput(handle), Parameter.ValueOutput());
        TeecResult result = Try(command, operation);
        protocolError = operation[3].A;
        return result;
    }

    internal TeecResult Close(byte[] handle) => Try(SocketApp.CommandClose, new Operation(Parameter.TempInput(handle)));

    internal TeecResult Send(byte[] handle, ReadOnlyMemory<byte> data, uint timeout, out int sent)
    {
        var operation = new Operation(Parameter.TempInput(handle), Parameter.TempInput(data), Parameter.ValueInOut(timeout));
        TeecResult result = Try(SocketApp.CommandSend, operation);
        sent = (int)operation[2].B;
        return result;
    }

    internal TeecResult Receive(byte[] handle, Memory<byte> room, uint timeout, out int size)
    {
        Operation operation = ReceiveOperation(handle, room, timeout, isCancellable: false);
        TeecResult result = Try(SocketApp.CommandReceive, operation);
        size = operation[1].Size;
        return result;
    }

    internal static Operation ReceiveOperation(byte[] handle, Memory<byte> room, uint timeout, bool isCancellable) =>
        new(Parameter.TempInput(handle), Parameter.TempOutput(room), Parameter.ValueInput(timeout, isCancellable ? 1u : 0));

    internal uint ErrorOf(byte[] handle)
    {
        var operation = new Operation(Parameter.TempInput(handle), Parameter.ValueOutput());
        c.ExpectSuccess(Try(SocketApp.CommandError, operation));
        return operation[1].A;
    }

    internal TeecResult Ioctl(byte[] handle, uint command, byte[] data) =>
        Try(SocketApp.CommandIoctl, new Operation(Parameter.TempInput(handle), Parameter.TempInOut(data), Parameter.ValueInput(command)));

    internal TeecResult Try(uint command, Operation operation) =>
        _session is null ? TeecResult.Communication : _session.TryInvoke(command, operation, out _);

    /// <summary>Sends all of it, in as many pieces as it takes.</summary>
    internal bool SendAll(byte[] handle, byte[] data)
    {
        for (int done = 0; done < data.Length;)
        {
            if (!c.ExpectSuccess(Send(handle, data.AsMemory(done), Forever, out int sent)))
                return false;
            done += sent;
        }

        return true;
    }

    /// <summary>Receives as much as there is room for.</summary>
    internal bool ReceiveAll(byte[] handle, byte[] room)
    {
        for (int done = 0; done < room.Length;)
        {
            if (!c.ExpectSuccess(Receive(handle, room.AsMemory(done), Forever, out int size)))
                return false;
            done += size;
        }

        return true;
    }
}
