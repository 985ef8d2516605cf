using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// The connections of one remote context. A request holds its connection until it is answered; more are opened when several
/// are under way at once, and kept.
/// </summary>
internal sealed class RemoteChannel : IDisposable
{
    private readonly object _lock = new(); // protects _idle, _all and _closed; not held during a request
    private readonly Stack<DescriptorSocket> _idle = new();
    private readonly List<DescriptorSocket> _all = [];
    private readonly string _path;
    private Guid _context;
    private bool _closed;

    private RemoteChannel(string path) => _path = path;

    internal static RemoteChannel Open(string path)
    {
        var channel = new RemoteChannel(path);
        channel._idle.Push(channel.Connect());
        return channel;
    }

    /// <summary>A connection for one request.</summary>
    /// <exception cref="TeeDriverException">EBADF: the device is closed; EBUSY: the server takes no more; EMFILE; ENODEV: the server has gone.</exception>
    internal Lease Rent()
    {
        lock (_lock)
        {
            if (_closed)
                throw new TeeDriverException(Errno.EBADF, "The TEE device is closed.");
            if (_idle.TryPop(out DescriptorSocket? idle))
                return new Lease(this, idle);
        }

        return new Lease(this, Connect());
    }

    internal void CloseShm(int id)
    {
        try
        {
            using Lease lease = Rent();
            lease.Call(Wire.Operation.CloseShm, (uint)id, [], [], null)?.Dispose();
        }
        catch (TeeDriverException)
        {
            // The context has been closed, and the memory with it.
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _all.ForEach(connection => connection.Dispose());
        }
    }

    private static TeeDriverException Gone() => new(Errno.ENODEV, "The process that served the TEE has gone.");

    private DescriptorSocket Connect()
    {
        DescriptorSocket connection = Dial();
        try
        {
            // Looked at before the first byte: whoever could put a socket there would be told the client's secrets.
            uint server = connection.PeerCredentials.Uid;
            if (server != Interop.Libc.GetEUid())
                throw new TeeDriverException(Errno.EACCES, $"What serves there is user {server}'s and not one's own.");
            Guid context = Greet(connection);
            lock (_lock)
            {
                if (_closed)
                    throw new TeeDriverException(Errno.EBADF, "The TEE device is closed.");
                _context = context;
                _all.Add(connection);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private DescriptorSocket Dial()
    {
        try
        {
            return DescriptorSocket.Connect(_path);
        }
        catch (SocketException e)
        {
            throw e.SocketErrorCode switch
            {
                SocketError.TooManyOpenSockets => new TeeDriverException(Errno.EMFILE, "This process has no descriptor left for a connection."),
                SocketError.NoBufferSpaceAvailable or SocketError.WouldBlock => new TeeDriverException(Errno.EBUSY, e.Message),
                SocketError.AccessDenied => new TeeDriverException(Errno.EACCES, e.Message),
                _ => Gone(),
            };
        }
    }

    private Guid Greet(DescriptorSocket connection)
    {
        var request = new Wire.Request { Operation = Wire.Operation.Hello, Number = Wire.Revision, Context = _context };
        byte[] packet = new byte[Wire.MaxPacket];
        using var descriptors = new ReceivedDescriptors();
        // A server that turns somebody away says why and closes at once, so its answer is there even where nothing can be sent.
        connection.TrySend(MemoryMarshal.AsBytes(new ReadOnlySpan<Wire.Request>(in request)));
        Received received = connection.Receive(packet, descriptors, allowed: 0);
        Wire.Reply reply = ReadReply(packet, received.Length);
        return reply.Context;
    }

    /// <exception cref="TeeDriverException">The errno of the answer; ENODEV: there is none.</exception>
    private static Wire.Reply ReadReply(byte[] packet, int length)
    {
        int head = Unsafe.SizeOf<Wire.Reply>();
        if (length < head)
            throw Gone();
        Wire.Reply reply = MemoryMarshal.Read<Wire.Reply>(packet);
        if (reply.ArgumentLength < 0 || reply.BufferLength < 0 || reply.TextLength < 0
            || (long)head + reply.ArgumentLength + reply.BufferLength + reply.TextLength > length)
        {
            throw new TeeDriverException(Errno.EIO, "The server's answer is malformed.");
        }

        if (reply.Errno != 0)
            throw new TeeDriverException((Errno)reply.Errno, Without(Encoding.UTF8.GetString(packet, head + reply.ArgumentLength + reply.BufferLength, reply.TextLength), (Errno)reply.Errno));
        return reply;
    }

    // The text of a driver exception begins with its errno already.
    private static string Without(string text, Errno errno) =>
        text.StartsWith($"{errno}: ", StringComparison.Ordinal) ? text[$"{errno}: ".Length..] : text;

    /// <summary>A connection while one request is under way.</summary>
    internal ref struct Lease(RemoteChannel channel, DescriptorSocket connection)
    {
        private byte[]? _reply;
        private Range _buffer;
        private bool _broken;

        /// <summary>The buffer of the last answer.</summary>
        internal readonly ReadOnlySpan<byte> ReplyBuffer => _reply.AsSpan(_buffer);

        /// <summary>Makes a request; argument and buffer are overwritten with what comes back.</summary>
        /// <returns>The descriptor that came with the answer.</returns>
        /// <exception cref="TeeDriverException">
        /// The errno of the answer; EMFILE with the argument filled: it came with a descriptor for which there was no room here; ENODEV:
        /// the server has gone.
        /// </exception>
        internal SafeFileHandle? Call(Wire.Operation operation, uint number, scoped Span<byte> argument, scoped Span<byte> buffer, SafeFileHandle? descriptor)
        {
            var request = new Wire.Request { Operation = operation, Number = number, ArgumentLength = argument.Length, BufferLength = buffer.Length };
            byte[] packet = [.. MemoryMarshal.AsBytes(new ReadOnlySpan<Wire.Request>(in request)), .. argument, .. buffer];
            if (packet.Length > Wire.MaxPacket)
                throw new TeeDriverException(Errno.EMSGSIZE, $"The request has {packet.Length} bytes; {Wire.MaxPacket} are allowed.");
            byte[] answer = new byte[Wire.MaxPacket];
            using var descriptors = new ReceivedDescriptors();
            bool sent = descriptor is null ? connection.TrySend(packet) : connection.TrySend(packet, descriptor);
            Received received = sent ? connection.Receive(answer, descriptors, allowed: 1) : default;
            int head = Unsafe.SizeOf<Wire.Reply>();
            _broken = received.Length < head;
            Wire.Reply reply = ReadReply(answer, received.Length);
            answer.AsSpan(head, Math.Min(reply.ArgumentLength, argument.Length)).CopyTo(argument);
            _reply = answer;
            _buffer = (head + reply.ArgumentLength)..(head + reply.ArgumentLength + reply.BufferLength);
            if (buffer.Length >= reply.BufferLength)
                ReplyBuffer.CopyTo(buffer);
            return received.LostDescriptors
                ? throw new TeeDriverException(Errno.EMFILE, "This process has no descriptor left for what the server sent.")
                : descriptors.TakeFirst();
        }

        public readonly void Dispose()
        {
            lock (channel._lock)
            {
                if (!_broken)
                    channel._idle.Push(connection);
                else
                    channel._all.Remove(connection);
            }

            if (_broken)
                connection.Dispose();
        }
    }
}
