using System.Buffers.Binary;
using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The socket TA: GlobalPlatform's sockets for a client, call by call.</summary>
[TrustedApp(SocketApp.UuidText)]
public sealed class SocketTa : TrustedApp
{
    private readonly Dictionary<ulong, TeeSocket> _sockets = [];
    private ulong _lastHandle;

    [Command(SocketApp.CommandTcpOpen)]
    public TeeResult TcpOpen(ValueInput address, MemrefInput host, MemrefOutput handle, ValueOutput protocolError)
    {
        if (!HasRoom(handle))
            return TeeResult.ShortBuffer;
        TeeResult result = TcpSocket.TryOpen(NameIn(host), PortIn(address), (IpVersion)address.A, out TcpSocket? socket, out TeeResult error);
        return Opened(result, socket, handle, protocolError, error);
    }

    [Command(SocketApp.CommandUdpOpen)]
    public TeeResult UdpOpen(ValueInput address, MemrefInput host, MemrefOutput handle, ValueOutput protocolError)
    {
        if (!HasRoom(handle))
            return TeeResult.ShortBuffer;
        TeeResult result = UdpSocket.TryOpen(NameIn(host), PortIn(address), (IpVersion)address.A, out UdpSocket? socket, out TeeResult error);
        return Opened(result, socket, handle, protocolError, error);
    }

    [Command(SocketApp.CommandClose)]
    public TeeResult Close(MemrefInput handle)
    {
        ulong number = NumberIn(handle);
        TeeSocket socket = SocketOf(number);
        _sockets.Remove(number);
        return socket.Close();
    }

    [Command(SocketApp.CommandSend)]
    public TeeResult Send(MemrefInput handle, MemrefInput data, ValueInOut how)
    {
        TeeResult result = SocketOf(handle).TrySend(data.Span, out int sent, how.A);
        how.B = (uint)sent;
        return result;
    }

    [Command(SocketApp.CommandReceive)]
    public TeeResult Receive(MemrefInput handle, MemrefOutput data, ValueInput how)
    {
        if (how.B != 0)
            Tee.UnmaskCancellation();
        TeeResult result = SocketOf(handle).TryReceive(data.Span, out int size, how.A);
        if (result == TeeResult.Success)
            data.Size = size;
        return result;
    }

    [Command(SocketApp.CommandError)]
    public void Error(MemrefInput handle, ValueOutput error) => error.A = (uint)SocketOf(handle).Error;

    [Command(SocketApp.CommandIoctl)]
    public TeeResult Ioctl(MemrefInput handle, MemrefInOut data, ValueInput command)
    {
        TeeResult result = SocketOf(handle).TryIoctl(command.A, data.Span, out int size);
        if (result == TeeResult.Success)
            data.Size = size;
        return result;
    }

    private static bool HasRoom(MemrefOutput handle)
    {
        bool hasRoom = handle.Size >= SocketApp.HandleSize;
        handle.Size = SocketApp.HandleSize;
        return hasRoom;
    }

    private static ushort PortIn(ValueInput address) => unchecked((ushort)address.B);

    /// <summary>Up to the zero, or all of it (strndup); of one that is longer than a name may be, enough to be that.</summary>
    private static string NameIn(MemrefInput host)
    {
        byte[] bytes = host.Span[..Math.Min(host.Size, SocketPta.LongestName)].ToArray();
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }

    private TeeResult Opened(TeeResult result, TeeSocket? socket, MemrefOutput handle, ValueOutput protocolError, TeeResult error)
    {
        protocolError.A = (uint)error;
        if (socket is null)
            return result;
        _sockets.Add(++_lastHandle, socket);
        handle.Span[..SocketApp.HandleSize].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(handle.Span, _lastHandle);
        return result;
    }

    /// <exception cref="TeeException">BadParameters: it is no handle, or of no socket. In the original it is a pointer, and this is undefined.</exception>
    private TeeSocket SocketOf(MemrefInput handle) => SocketOf(NumberIn(handle));

    private TeeSocket SocketOf(ulong number) => _sockets.TryGetValue(number, out TeeSocket? socket) ? socket : throw new TeeException(TeeResult.BadParameters);

    private static ulong NumberIn(MemrefInput handle) =>
        handle.Size == SocketApp.HandleSize ? BinaryPrimitives.ReadUInt64LittleEndian(handle.Span) : throw new TeeException(TeeResult.BadParameters);
}
