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
    /// <exception cref="TeeDriverException">EBADF: the device is closed; ENODEV: the server has gone.</exception>
    internal Lease Rent()
    {
        lock (_lock)
        {
            if (_closed)
                throw new TeeDriverException(Errno.EBADF, "The TEE device is closed.");
            if (_idle.TryPop(out DescriptorSocket? idle))
                return new Lease(this, idle);
        }

        try
        {
            return new Lease(this, Connect());
        }
        catch (System.Net.Sockets.SocketException)
        {
            throw Gone();
        }
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
        DescriptorSocket connection = DescriptorSocket.Connect(_path);
        var request = new Wire.Request { Operation = Wire.Operation.Hello, Number = Wire.Revision, Context = _context };
        byte[] packet = new byte[Wire.MaxPacket];
        var descriptors = new List<SafeFileHandle>();
        if (!connection.TrySend(MemoryMarshal.AsBytes(new ReadOnlySpan<Wire.Request>(in request))))
            throw Gone();
        int length = connection.Receive(packet, descriptors);
        if (length < Unsafe.SizeOf<Wire.Reply>())
            throw Gone();
        Wire.Reply reply = MemoryMarshal.Read<Wire.Reply>(packet);
        if (reply.Errno != 0)
            throw new TeeDriverException((Errno)reply.Errno, Encoding.UTF8.GetString(packet, Unsafe.SizeOf<Wire.Reply>(), length - Unsafe.SizeOf<Wire.Reply>()));
        lock (_lock)
        {
            _context = reply.Context;
            _all.Add(connection);
        }

        return connection;
    }

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
        /// <exception cref="TeeDriverException">The errno of the answer; ENODEV: the server has gone.</exception>
        internal SafeFileHandle? Call(Wire.Operation operation, uint number, scoped Span<byte> argument, scoped Span<byte> buffer, SafeFileHandle? descriptor)
        {
            var request = new Wire.Request { Operation = operation, Number = number, ArgumentLength = argument.Length, BufferLength = buffer.Length };
            byte[] packet = [.. MemoryMarshal.AsBytes(new ReadOnlySpan<Wire.Request>(in request)), .. argument, .. buffer];
            byte[] answer = new byte[Wire.MaxPacket];
            var descriptors = new List<SafeFileHandle>();
            bool sent = descriptor is null ? connection.TrySend(packet) : connection.TrySend(packet, descriptor);
            int length = sent ? connection.Receive(answer, descriptors) : 0;
            int head = Unsafe.SizeOf<Wire.Reply>();
            if (length < head)
            {
                _broken = true;
                throw Gone();
            }

            Wire.Reply reply = MemoryMarshal.Read<Wire.Reply>(answer);
            if (reply.Errno != 0)
                throw new TeeDriverException((Errno)reply.Errno, Without(Encoding.UTF8.GetString(answer, head, reply.TextLength), (Errno)reply.Errno));
            answer.AsSpan(head, Math.Min(reply.ArgumentLength, argument.Length)).CopyTo(argument);
            _reply = answer;
            _buffer = (head + reply.ArgumentLength)..(head + reply.ArgumentLength + reply.BufferLength);
            if (buffer.Length >= reply.BufferLength)
                ReplyBuffer.CopyTo(buffer);
            return descriptors.FirstOrDefault();
        }

        public readonly void Dispose()
        {
            if (_broken)
                return;
            lock (channel._lock)
                channel._idle.Push(connection);
        }

        // The text of a driver exception begins with its errno already.
        private static string Without(string text, Errno errno) =>
            text.StartsWith($"{errno}: ", StringComparison.Ordinal) ? text[$"{errno}: ".Length..] : text;
    }
}
