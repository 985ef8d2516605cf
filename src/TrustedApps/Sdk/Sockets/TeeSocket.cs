using System.Text;

namespace RestrictedTee.Sdk;

/// <summary>
/// What TCP and UDP have in common (TEE_iSocket, GPD_SPE_100). The sockets are the normal world's: it sees all that goes through them, and may change,
/// drop or invent it. What must be secret or authentic is protected before it is sent.
/// </summary>
/// <remarks>
/// Time-outs are milliseconds; <see cref="InfiniteTimeout"/> waits for ever, 0 not at all. A wait ends with CANCEL when the running operation is cancelled
/// and cancellation is not masked. What is left open is closed when the instance ends. A socket that has been closed is used by a TA with a defect, which panics.
/// </remarks>
public abstract class TeeSocket : IDisposable
{
    /// <summary>TEE_TIMEOUT_INFINITE.</summary>
    public const uint InfiniteTimeout = TaClientSession.InfiniteTimeout;

    private readonly TaClientSession _session;
    private readonly uint _handle;
    private readonly uint _protocol;
    private bool _isClosed;

    private protected TeeSocket(Opened opened, uint protocol) => (_session, _handle, _protocol) = (opened.Session, opened.Handle, protocol);

    /// <summary>A session with one socket in it.</summary>
    private protected readonly record struct Opened(TaClientSession Session, uint Handle);

    /// <summary>TEE_iSocket error: the result of the last send, receive or ioctl.</summary>
    public TeeResult Error { get; private set; }

    /// <summary>TEE_iSocket send. Of a stream fewer bytes may be sent than there are; a datagram is sent whole.</summary>
    /// <param name="data">What to send.</param>
    /// <param name="timeout">How long to wait until there is room, in milliseconds.</param>
    /// <returns>How many bytes were sent.</returns>
    /// <exception cref="TeeException">As <see cref="TrySend"/>.</exception>
    public int Send(ReadOnlySpan<byte> data, uint timeout = InfiniteTimeout)
    {
        ThrowUnless(TrySend(data, out int sent, timeout));
        return sent;
    }

    /// <summary>TEE_iSocket send, without throwing.</summary>
    /// <param name="data">What to send.</param>
    /// <param name="sent">How many bytes were sent.</param>
    /// <param name="timeout">How long to wait until there is room, in milliseconds.</param>
    /// <returns>SocketTimeout; SocketRemoteClosed; SocketLargeBuffer: no datagram has as much; Cancel; Communication.</returns>
    public TeeResult TrySend(ReadOnlySpan<byte> data, out int sent, uint timeout = InfiniteTimeout)
    {
        CheckOpen();
        var operation = new TaOperation { P0 = TaParam.ValueInput(_handle, timeout), P1 = TaParam.Input(data), P2 = TaParam.ValueOutput() };
        Error = _session.TryInvoke(SocketCommands.CommandSend, ref operation, out _);
        sent = Error == TeeResult.Success ? (int)Math.Min(operation.P2.A, (uint)data.Length) : 0;
        return Error;
    }

    /// <summary>TEE_iSocket recv.</summary>
    /// <param name="buffer">Where to; empty to hear how much there is.</param>
    /// <param name="timeout">How long to wait until something comes, in milliseconds.</param>
    /// <returns>How many bytes came, as <see cref="TryReceive"/> has it.</returns>
    /// <exception cref="TeeException">As <see cref="TryReceive"/>.</exception>
    public int Receive(Span<byte> buffer, uint timeout = InfiniteTimeout)
    {
        ThrowUnless(TryReceive(buffer, out int size, timeout));
        return size;
    }

    /// <summary>TEE_iSocket recv, without throwing.</summary>
    /// <param name="buffer">Where to. With an empty one nothing is received and nobody waits: the size is that of what waits to be received, or 0.</param>
    /// <param name="size">How many bytes came; more than the buffer has when a datagram had more, whose rest is lost.</param>
    /// <param name="timeout">How long to wait until something comes, in milliseconds.</param>
    /// <returns>SocketTimeout; SocketRemoteClosed: of a stream, all has been received and no more comes; Cancel; Communication.</returns>
    public TeeResult TryReceive(Span<byte> buffer, out int size, uint timeout = InfiniteTimeout)
    {
        CheckOpen();
        var operation = new TaOperation { P0 = TaParam.ValueInput(_handle, timeout), P1 = TaParam.Output(buffer) };
        Error = _session.TryInvoke(SocketCommands.CommandReceive, ref operation, out _);
        size = Error == TeeResult.Success ? operation.P1.Size : 0;
        return Error;
    }

    /// <summary>
    /// TEE_iSocket ioctl. A command belongs to a protocol by its first byte: those of 0 are GlobalPlatform's for all protocols, of which there is none,
    /// and succeed; one that is neither such nor this protocol's panics.
    /// </summary>
    /// <returns>BadParameters, or what changing an address can bring.</returns>
    public TeeResult TryIoctl(uint command, Span<byte> buffer, out int size)
    {
        CheckOpen();
        size = buffer.Length;
        if (command >> 24 == 0)
            return TeeResult.Success;
        if (command >> 24 != _protocol || !HasIoctl(command))
            Tee.Panic((uint)TeeResult.BadParameters);
        var operation = new TaOperation { P0 = TaParam.ValueInput(_handle, command), P1 = TaParam.InOut(buffer) };
        Error = _session.TryInvoke(SocketCommands.CommandIoctl, ref operation, out _);
        size = Error == TeeResult.Success ? operation.P1.Size : size;
        return Error;
    }

    /// <summary>TEE_iSocket close. A socket that is closed already stays so.</summary>
    /// <returns>Communication: the normal world does not answer. It is closed all the same.</returns>
    public TeeResult Close()
    {
        if (_isClosed)
            return TeeResult.Success;
        _isClosed = true;
        var operation = new TaOperation { P0 = TaParam.ValueInput(_handle) };
        TeeResult result = _session.TryInvoke(SocketCommands.CommandClose, ref operation, out _);
        _session.Dispose();
        return result;
    }

    /// <summary>As <see cref="Close"/>.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether the protocol has a command.</summary>
    private protected abstract bool HasIoctl(uint command);

    private protected static void ThrowUnless(TeeResult result)
    {
        if (result != TeeResult.Success)
            throw new TeeException(result);
    }

    /// <summary>A host's name as C has it.</summary>
    private protected static byte[] Terminated(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, bytes);
        return bytes;
    }

    /// <summary>TEE_iSocket open: errors of the protocol are told beside the result, as tee_tcpudp_socket.c does it.</summary>
    private protected static TeeResult TryOpen(string host, ushort port, IpVersion version, uint protocol, out Opened opened, out TeeResult protocolError)
    {
        (opened, protocolError) = (default, TeeResult.Success);
        if (version is not (IpVersion.Any or IpVersion.Version4 or IpVersion.Version6))
            return TeeResult.BadParameters;
        byte[] name = Terminated(host);
        TeeResult result = TaClientSession.TryOpen(SocketCommands.Uuid, out TaClientSession? session);
        if (session is null)
            return result;
        var operation = new TaOperation
        {
            P0 = TaParam.ValueInput((uint)version, port),
            P1 = TaParam.Input(name),
            P2 = TaParam.ValueInput(protocol),
            P3 = TaParam.ValueOutput(),
        };
        result = session.TryInvoke(SocketCommands.CommandOpen, ref operation, out _);
        if (result == TeeResult.Success)
        {
            opened = new Opened(session, operation.P3.A);
            return result;
        }

        session.Dispose();
        bool isWarning = result is TeeResult.SocketTcpOutOfBand or TeeResult.SocketUdpOutOfBand;
        if (!isWarning && result != TeeResult.SocketHostName)
            return result;
        protocolError = result;
        return isWarning ? TeeResult.SocketProtocolWarning : TeeResult.SocketProtocol;
    }

    private void CheckOpen()
    {
        if (_isClosed)
            Tee.Panic((uint)TeeResult.BadState);
    }
}
