using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Supplicant.Sockets;

/// <summary>A socket of this machine that the TEE has (tee_socket.c upstream). It never blocks; what waits, waits here, in pieces.</summary>
/// <param name="socket">It, connected.</param>
/// <param name="peer">Where it leads.</param>
internal sealed class HostSocket(Socket socket, IPEndPoint peer) : IDisposable
{
    /// <summary>SUPP_MAX_PEEK_LEN: how many bytes are counted that wait to be received; of a datagram that has more it is known that it has.</summary>
    private const int MaxPeek = 4096;

    /// <summary>After this long who waits looks whether anybody still waits for him.</summary>
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new(); // protects the two below; a leaf
    private int _users;
    private bool _isClosed;
    private IPEndPoint _peer = peer;
    private (byte[] Name, Task<IPAddress[]?> Addresses)? _lookUp; // that of the last request for another address, which has not ended yet

    private bool IsDatagram => socket.SocketType == SocketType.Dgram;

    /// <summary>
    /// Whoever is in it is woken, and closes it on the way out: closed under a wait, the connection would be reset, and the peer would see that for its end.
    /// </summary>
    public void Dispose()
    {
        bool closes;
        lock (_gate)
        {
            closes = !_isClosed && _users == 0;
            _isClosed = true;
        }

        if (closes)
            socket.Dispose();
        else
            HangUp();
    }

    /// <summary>Sends what there is room for now or when the first room comes.</summary>
    internal TeecResult Send(ReadOnlySpan<byte> data, uint timeout, Func<bool> isGivenUp, out int sent)
    {
        sent = 0;
        using Stay stay = Enter();
        TeecResult ready = Wait(SelectMode.SelectWrite, timeout, isGivenUp);
        if (ready != TeecResult.Success)
            return ready;
        sent = socket.Send(data, SocketFlags.None, out SocketError error);
        return sent > 0 ? TeecResult.Success : SocketResults.OfTransfer(error);
    }

    /// <summary>Receives.</summary>
    /// <param name="room">Where to. Without any, nobody waits, and <paramref name="size"/> says what there is.</param>
    /// <param name="timeout">Milliseconds; <see cref="OpteeRpcSocket.TimeoutBlocking"/>.</param>
    /// <param name="isGivenUp">Whether nobody wants it any more.</param>
    /// <param name="size">How much it was; of a datagram all of it, so that it may be more than there was room for.</param>
    internal TeecResult Receive(Span<byte> room, uint timeout, Func<bool> isGivenUp, out int size)
    {
        size = 0;
        using Stay stay = Enter();
        if (room.IsEmpty)
        {
            size = Math.Min(socket.Available, IsDatagram ? MaxPeek + 1 : MaxPeek);
            return TeecResult.Success;
        }

        TeecResult ready = Wait(SelectMode.SelectRead, timeout, isGivenUp);
        if (ready != TeecResult.Success)
            return ready;
        int whole = IsDatagram && room.Length < MaxPeek ? Math.Min(socket.Available, MaxPeek + 1) : 0;
        int received = socket.Receive(room, SocketFlags.None, out SocketError error);
        // Some systems say of a datagram that did not fit just that.
        if (error == SocketError.MessageSize)
            (received, error) = (room.Length, SocketError.Success);
        size = Math.Max(received, whole);
        return SocketResults.OfTransfer(error);
    }

    /// <summary>tee_socket_ioctl: what each protocol has.</summary>
    /// <returns>A time-out when a name has not been found yet; asked again, it goes on.</returns>
    internal TeecResult Ioctl(uint command, byte[] argument, Func<byte[], AddressFamily, Task<IPAddress[]?>> find)
    {
        using Stay stay = Enter();
        return Serve(command, argument, find);
    }

    private TeecResult Serve(uint command, byte[] argument, Func<byte[], AddressFamily, Task<IPAddress[]?>> find) => (IsDatagram, command) switch
    {
        (false, OpteeRpcSocket.IoctlTcpSetReceiveBuffer) => SetBuffer(SocketOptionName.ReceiveBuffer, argument),
        (false, OpteeRpcSocket.IoctlTcpSetSendBuffer) => SetBuffer(SocketOptionName.SendBuffer, argument),
        (true, OpteeRpcSocket.IoctlUdpChangeAddress) => ChangeAddress(argument, find),
        (true, OpteeRpcSocket.IoctlUdpChangePort) => argument.Length == sizeof(ushort)
            ? Lead(new IPEndPoint(_peer.Address, BinaryPrimitives.ReadUInt16LittleEndian(argument)))
            : TeecResult.BadParameters,
        _ => TeecResult.NotSupported,
    };

    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    private Stay Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _users++;
        }

        return new Stay(this);
    }

    private void Leave()
    {
        bool closes;
        lock (_gate)
            closes = --_users == 0 && _isClosed;
        if (closes)
            socket.Dispose();
    }

    private void HangUp()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It leads nowhere already, or who was in it has closed it.
        }
    }

    private readonly ref struct Stay(HostSocket host)
    {
        public void Dispose() => host.Leave();
    }

    private TeecResult SetBuffer(SocketOptionName which, ReadOnlySpan<byte> argument)
    {
        if (argument.Length < sizeof(int))
            return TeecResult.BadParameters;
        socket.SetSocketOption(SocketOptionLevel.Socket, which, BinaryPrimitives.ReadInt32LittleEndian(argument));
        return TeecResult.Success;
    }

    private TeecResult ChangeAddress(byte[] name, Func<byte[], AddressFamily, Task<IPAddress[]?>> find)
    {
        Task<IPAddress[]?> addresses = _lookUp is { } begun && begun.Name.AsSpan().SequenceEqual(name) ? begun.Addresses : find(name, socket.AddressFamily);
        bool isFound = addresses.Wait(Piece);
        _lookUp = isFound ? null : (name, addresses);
        if (!isFound)
            return SocketResults.Timeout;
        if (addresses.Result is not { } found)
            return SocketResults.OutOfResources;
        TeecResult result = SocketResults.HostName;
        foreach (IPAddress address in found)
        {
            result = Lead(new IPEndPoint(address, _peer.Port));
            if (result == TeecResult.Success)
                break;
        }

        return result;
    }

    private TeecResult Lead(IPEndPoint peer)
    {
        try
        {
            socket.Connect(peer);
        }
        catch (SocketException e)
        {
            return SocketResults.OfOpening(e.SocketErrorCode);
        }

        _peer = peer;
        return TeecResult.Success;
    }

    private TeecResult Wait(SelectMode mode, uint timeout, Func<bool> isGivenUp)
    {
        long until = timeout == OpteeRpcSocket.TimeoutBlocking ? long.MaxValue : Environment.TickCount64 + timeout;
        while (true)
        {
            long left = Math.Max(0, until - Environment.TickCount64);
            if (socket.Poll(left < Piece.TotalMilliseconds ? TimeSpan.FromMilliseconds(left) : Piece, mode))
                return TeecResult.Success;
            // An error wakes who waits for data, and is none; asking for it clears it.
            if ((SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! is var error and not SocketError.Success)
                return SocketResults.OfTransfer(error);
            if (isGivenUp())
                return TeecResult.Communication;
            if (Environment.TickCount64 >= until)
                return SocketResults.Timeout;
        }
    }
}
