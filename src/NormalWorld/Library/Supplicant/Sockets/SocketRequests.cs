using System.Buffers;
using System.Net.Sockets;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Supplicant.Sockets;

/// <summary>What the TEE asks of sockets (tee_socket_process upstream): a shape of parameters for each command, and what is done.</summary>
/// <param name="sockets">The sockets.</param>
/// <param name="hosts">Looks names up.</param>
internal sealed class SocketRequests(SocketTable sockets, HostAddresses hosts)
{
    /// <summary>The most that one request is given memory for here.</summary>
    private const int LargestTransfer = 1 << 20;

    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(100);

    private const OpteeMsgAttr ValueIn = OpteeMsgAttr.ValueInput, ValueOut = OpteeMsgAttr.ValueOutput, ValueInOut = OpteeMsgAttr.ValueInOut;

    /// <summary>Whether a request may take as long as somebody on the network likes.</summary>
    internal static bool MayWait(SupplicantRequest request) =>
        request.Parameters is [{ A: (ulong)OpteeRpcSocketCommand.Open or >= (ulong)OpteeRpcSocketCommand.Send and <= (ulong)OpteeRpcSocketCommand.Ioctl or (ulong)OpteeRpcSocketCommand.AwaitOpen }, ..];

    /// <summary>Serves a request.</summary>
    /// <param name="request">It, with its memory.</param>
    /// <param name="answer">Its parameters, for the answer.</param>
    internal TeecResult Serve(SupplicantRequest request, TeeIoctlParam[] answer)
    {
        try
        {
            return answer.Length == 0 ? TeecResult.BadParameters : (OpteeRpcSocketCommand)answer[0].A switch
            {
                OpteeRpcSocketCommand.Open => Open(request, answer),
                OpteeRpcSocketCommand.Close => Has(answer, ValueIn) && sockets.Close(IdOf(answer), HandleOf(answer)) ? TeecResult.Success : TeecResult.BadParameters,
                OpteeRpcSocketCommand.CloseAll => CloseAll(answer),
                OpteeRpcSocketCommand.Send => Send(request, answer),
                OpteeRpcSocketCommand.Receive => Receive(request, answer),
                OpteeRpcSocketCommand.Ioctl => Ioctl(request, answer),
                OpteeRpcSocketCommand.AwaitOpen => AwaitOpen(answer),
                _ => TeecResult.BadParameters,
            };
        }
        catch (ObjectDisposedException)
        {
            return TeecResult.BadParameters; // closed meanwhile: there is no such handle
        }
        catch (SocketException e)
        {
            return SocketResults.OfTransfer(e.SocketErrorCode);
        }
    }

    /// <summary>Nobody has heard the answer: what was opened for it is closed.</summary>
    internal void TakeBack(TeecResult result, TeeIoctlParam[] answer)
    {
        if (result == TeecResult.Success && answer is [{ A: (ulong)OpteeRpcSocketCommand.Open }, ..])
            sockets.Close(IdOf(answer), unchecked((uint)answer[3].A));
    }

    private TeecResult Open(SupplicantRequest request, TeeIoctlParam[] answer)
    {
        if (!Has(answer, ValueIn, ValueIn, OpteeMsgAttr.RmemInput, ValueOut))
            return TeecResult.BadParameters;
        if (HostAddresses.FamilyOf(answer[1].C) is not { } family || answer[1].B is not (OpteeRpcSocket.ProtocolTcp or OpteeRpcSocket.ProtocolUdp))
            return TeecResult.BadParameters;
        byte[] name = new byte[(int)Math.Min(answer[2].B, LargestTransfer)];
        if (!request.TryRead(2, name))
            return SocketResults.HostName;
        (int port, bool isStream) = ((int)(answer[1].A & ushort.MaxValue), answer[1].B == OpteeRpcSocket.ProtocolTcp);
        SocketOpening? opening = sockets.TryOpen(
            request.Client, IdOf(answer), () => new SocketOpening(hosts.Find(request.Client, name, family), port, isStream), out uint handle);
        if (opening is null)
            return SocketResults.OutOfResources;

        TeecResult? result = opening.Wait(Piece);
        bool isToldLater = answer[0].C == OpteeRpcSocket.OpenMayBeUnderWay;
        while (result is null && !isToldLater && !request.IsGivenUp)
            result = opening.Wait(Piece);
        (answer[3].A, answer[3].B) = (handle, result is null && isToldLater ? OpteeRpcSocket.OpenUnderWay : 0);
        if (result is TeecResult.Success || (result is null && isToldLater))
            return TeecResult.Success;
        sockets.Close(IdOf(answer), handle);
        return result ?? TeecResult.Communication;
    }

    /// <summary>Of a socket that does not open nothing stays, once that has been told.</summary>
    private TeecResult AwaitOpen(TeeIoctlParam[] answer)
    {
        if (!Has(answer, ValueIn, ValueInOut) || sockets.Find(IdOf(answer), HandleOf(answer)) is not { } opening)
            return TeecResult.BadParameters;
        TeecResult? result = opening.Wait(TimeSpan.FromMilliseconds(Math.Min(answer[1].A, Piece.TotalMilliseconds)));
        answer[1].B = result is null ? OpteeRpcSocket.OpenUnderWay : 0;
        if (result is not (null or TeecResult.Success))
            sockets.Close(IdOf(answer), HandleOf(answer));
        return result ?? TeecResult.Success;
    }

    private TeecResult CloseAll(TeeIoctlParam[] answer)
    {
        if (!Has(answer, ValueIn))
            return TeecResult.BadParameters;
        sockets.CloseAll(IdOf(answer));
        return TeecResult.Success;
    }

    private TeecResult Send(SupplicantRequest request, TeeIoctlParam[] answer)
    {
        if (!Has(answer, ValueIn, OpteeMsgAttr.RmemInput, ValueInOut) || sockets.Find(IdOf(answer), HandleOf(answer))?.Socket is not { } socket)
            return TeecResult.BadParameters;
        int length = (int)Math.Min(answer[1].B, LargestTransfer);
        byte[] data = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (!request.TryRead(1, data.AsSpan(0, length)))
                return TeecResult.BadParameters;
            TeecResult result = socket.Send(data.AsSpan(0, length), unchecked((uint)answer[2].A), () => request.IsGivenUp, out int sent);
            if (result == TeecResult.Success)
                answer[2].B = (ulong)sent;
            return result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(data);
        }
    }

    private TeecResult Receive(SupplicantRequest request, TeeIoctlParam[] answer)
    {
        if (!Has(answer, ValueIn, OpteeMsgAttr.RmemOutput, ValueIn) || sockets.Find(IdOf(answer), HandleOf(answer))?.Socket is not { } socket)
            return TeecResult.BadParameters;
        int length = request.Memory[1] is null ? 0 : (int)Math.Min(answer[1].B, LargestTransfer);
        byte[] data = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            TeecResult result = socket.Receive(data.AsSpan(0, length), unchecked((uint)answer[2].A), () => request.IsGivenUp, out int size);
            if (result != TeecResult.Success)
                return result;
            answer[1].B = (ulong)size;
            return length == 0 || request.TryWrite(1, data.AsSpan(0, Math.Min(size, length))) ? TeecResult.Success : TeecResult.Communication;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(data);
        }
    }

    private TeecResult Ioctl(SupplicantRequest request, TeeIoctlParam[] answer)
    {
        if (!Has(answer, ValueIn, OpteeMsgAttr.RmemInOut, ValueIn) || sockets.Find(IdOf(answer), HandleOf(answer))?.Socket is not { } socket)
            return TeecResult.BadParameters;
        byte[] argument = new byte[(int)Math.Min(answer[1].B, LargestTransfer)];
        return request.TryRead(1, argument)
            ? socket.Ioctl(unchecked((uint)answer[2].A), argument, (name, family) => hosts.Find(request.Client, name, family))
            : TeecResult.BadParameters;
    }

    private static uint IdOf(TeeIoctlParam[] parameters) => unchecked((uint)parameters[0].B);

    private static uint HandleOf(TeeIoctlParam[] parameters) => unchecked((uint)parameters[0].C);

    private static bool Has(TeeIoctlParam[] parameters, params ReadOnlySpan<OpteeMsgAttr> shape)
    {
        if (parameters.Length != shape.Length)
            return false;
        for (int i = 0; i < shape.Length; i++)
        {
            if (parameters[i].Type != (uint)shape[i])
                return false;
        }

        return true;
    }
}
