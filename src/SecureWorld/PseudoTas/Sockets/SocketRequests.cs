using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.PseudoTas.Sockets;

/// <summary>What is asked of the supplicant, in upstream's layout. Its answers are judged here, and nothing else of them gets further.</summary>
internal sealed class SocketRequests(RpcClient rpc)
{
    /// <param name="id">Whose it is to be.</param>
    /// <param name="address">Where it is to lead.</param>
    /// <param name="handle">The supplicant's name for it.</param>
    /// <param name="isUnderWay">Whether it is not open yet: <see cref="AwaitOpen"/>.</param>
    internal TeeResult Open(uint id, SocketAddress address, out uint handle, out bool isUnderWay)
    {
        OpteeMessage message = Message(OpteeRpcSocketCommand.Open, id, handle: 0, count: 4);
        message.Params[0].C = OpteeRpcSocket.OpenMayBeUnderWay;
        message.Params[1] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = address.Port, B = address.Protocol, C = address.IpVersion };
        message.Params[3].Attr = (ulong)OpteeMsgAttr.ValueOutput;
        TeeResult result = Judge(rpc.CallWithPayload(OpteeRpcCommand.Socket, ref message, [RpcPayload.In(2, address.Host)]));
        handle = unchecked((uint)message.Params[3].A);
        isUnderWay = message.Params[3].B == OpteeRpcSocket.OpenUnderWay;
        return result == TeeResult.Success && message.Params[3].A > uint.MaxValue ? TeeResult.BadFormat : result;
    }

    internal TeeResult AwaitOpen(uint id, uint handle, uint milliseconds, out bool isUnderWay)
    {
        OpteeMessage message = Message(OpteeRpcSocketCommand.AwaitOpen, id, handle, count: 2);
        message.Params[1] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInOut, A = milliseconds };
        TeeResult result = Judge(rpc.Call(OpteeRpcCommand.Socket, ref message));
        isUnderWay = message.Params[1].B == OpteeRpcSocket.OpenUnderWay;
        return result;
    }

    internal TeeResult Close(uint id, uint handle)
    {
        OpteeMessage message = Message(OpteeRpcSocketCommand.Close, id, handle, count: 1);
        return Judge(rpc.Call(OpteeRpcCommand.Socket, ref message));
    }

    internal TeeResult CloseAll(uint id)
    {
        OpteeMessage message = Message(OpteeRpcSocketCommand.CloseAll, id, handle: 0, count: 1);
        return Judge(rpc.Call(OpteeRpcCommand.Socket, ref message));
    }

    internal TeeResult Send(uint id, uint handle, ReadOnlyMemory<byte> data, uint timeout, out uint sent)
    {
        OpteeMessage message = Message(OpteeRpcSocketCommand.Send, id, handle, count: 3);
        message.Params[2] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInOut, A = timeout };
        TeeResult result = Judge(rpc.CallWithPayload(OpteeRpcCommand.Socket, ref message, [RpcPayload.In(1, data)]));
        ulong count = result == TeeResult.Success ? message.Params[2].B : 0;
        sent = count <= (ulong)data.Length ? (uint)count : 0;
        return count <= (ulong)data.Length ? result : TeeResult.BadFormat;
    }

    /// <param name="id">Whose.</param>
    /// <param name="handle">Which.</param>
    /// <param name="room">Where to; none to hear how much there is.</param>
    /// <param name="timeout">Milliseconds.</param>
    /// <param name="mayBeCut">Whether more may be told of than there was room for.</param>
    /// <param name="size">How much there was.</param>
    internal TeeResult Receive(uint id, uint handle, Memory<byte> room, uint timeout, bool mayBeCut, out int size)
    {
        OpteeMessage message = Message(OpteeRpcSocketCommand.Receive, id, handle, count: 3);
        message.Params[2] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = timeout };
        TeeResult result;
        if (room.IsEmpty)
        {
            message.Params[1] = rpc.NullMemref;
            result = Judge(rpc.Call(OpteeRpcCommand.Socket, ref message));
        }
        else
        {
            RpcPayload payload = mayBeCut ? RpcPayload.OutCut(1, room) : RpcPayload.Out(1, room);
            result = Judge(rpc.CallWithPayload(OpteeRpcCommand.Socket, ref message, [payload]));
        }

        ulong told = result == TeeResult.Success ? message.Params[1].B : 0;
        size = told <= int.MaxValue ? (int)told : 0;
        return told <= int.MaxValue ? result : TeeResult.BadFormat;
    }

    internal TeeResult Ioctl(uint id, uint handle, uint command, Memory<byte> data, out int size)
    {
        OpteeMessage message = Message(OpteeRpcSocketCommand.Ioctl, id, handle, count: 3);
        message.Params[2] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = command };
        TeeResult result = Judge(rpc.CallWithPayload(OpteeRpcCommand.Socket, ref message, [RpcPayload.InOut(1, data, data)]));
        size = result == TeeResult.Success ? (int)message.Params[1].B : 0;
        return result;
    }

    private static OpteeMessage Message(OpteeRpcSocketCommand command, uint id, uint handle, int count)
    {
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = (uint)count;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = (ulong)command, B = id, C = handle };
        return message;
    }

    /// <summary>A result that a socket can have, or that the way there has; the normal world could say anything, TARGET_DEAD among it.</summary>
    private static TeeResult Judge(TeeResult answer) => answer is TeeResult.Success
        or TeeResult.SocketProtocol or TeeResult.SocketRemoteClosed or TeeResult.SocketTimeout or TeeResult.SocketOutOfResources
        or TeeResult.SocketLargeBuffer or TeeResult.SocketProtocolWarning or TeeResult.SocketHostName or TeeResult.SocketTcpOutOfBand or TeeResult.SocketUdpOutOfBand
        or TeeResult.BadFormat or TeeResult.BadParameters or TeeResult.NotSupported or TeeResult.OutOfMemory or TeeResult.Communication
            ? answer
            : TeeResult.Generic;
}
