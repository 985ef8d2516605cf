using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// The connections of one remote context. A request holds its connection until it is answered; more are opened when several
/// are under way at once, and kept.
/// </summary>
/// <remarks>
/// After a fork both processes have the context, as they would have an open file, and each its own connections: the child joins the
/// context by new ones. It keeps the parent's open and does not use them, so that the context lives until both have let go.
/// </remarks>
internal sealed class RemoteChannel : IDisposable
{
    private readonly object _lock = new(); // protects everything below but the path; not held during a request
    private readonly Stack<RemoteConnection> _idle = new();
    private readonly List<RemoteConnection> _all = [];
    private readonly List<RemoteConnection> _parents = [];
    private readonly string _path;
    private Guid _context;
    private int _process = ForkMark.Process;
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
            LeaveThoseOfTheParent();
            if (_idle.TryPop(out RemoteConnection? idle))
                return new Lease(this, idle);
        }

        return new Lease(this, Connect());
    }

    /// <summary>Whether a request that is under way refers to shared memory of that id.</summary>
    internal bool IsReferredTo(int id)
    {
        lock (_lock)
            return _all.Exists(connection => connection.RefersTo(id));
    }

    /// <summary>Lets the server close shared memory; nothing is done once the context is closed.</summary>
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
            LeaveThoseOfTheParent();
            _all.ForEach(connection => connection.Dispose());
            _parents.ForEach(connection => connection.Leave());
        }
    }

    /// <summary>In a child of fork, for the first time; with the lock held.</summary>
    private void LeaveThoseOfTheParent()
    {
        int process = ForkMark.Process;
        if (process == _process)
            return;
        _process = process;
        _parents.AddRange(_all);
        _all.Clear();
        _idle.Clear();
    }

    /// <summary>The connection serves the next request, unless it has broken.</summary>
    private void Return(RemoteConnection connection)
    {
        connection.EndRequest();
        lock (_lock)
        {
            if (!connection.IsBroken)
            {
                _idle.Push(connection);
                return;
            }

            _all.Remove(connection);
        }

        connection.Dispose();
    }

    private RemoteConnection Connect()
    {
        DescriptorSocket connection = Dial();
        try
        {
            // Looked at before the first byte: whoever could put a socket there would be told the client's secrets.
            uint server = connection.PeerCredentials.Uid;
            if (server != Interop.Libc.GetEUid())
                throw new TeeDriverException(Errno.EACCES, $"What serves there is user {server}'s and not one's own.");
            var made = new RemoteConnection(connection);
            Guid context = made.Greet(_context);
            lock (_lock)
            {
                if (_closed)
                    throw new TeeDriverException(Errno.EBADF, "The TEE device is closed.");
                _context = context;
                _all.Add(made);
            }

            return made;
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
                _ => RemoteConnection.Gone(),
            };
        }
    }

    /// <summary>A connection while one request is under way.</summary>
    internal ref struct Lease(RemoteChannel channel, RemoteConnection connection)
    {
        /// <summary>The buffer of the last answer; worth as long as the lease.</summary>
        internal ReadOnlySpan<byte> ReplyBuffer { get; private set; }

        /// <summary>Says which shared memory the request uses until the lease ends.</summary>
        internal readonly void Refer(ReadOnlySpan<TeeIoctlParam> parameters) => connection.Refer(parameters);

        /// <summary>Makes a request; argument and buffer are overwritten with what comes back.</summary>
        /// <returns>The descriptor that came with the answer.</returns>
        /// <exception cref="TeeDriverException">
        /// The errno of the answer; EMFILE with the argument filled: it came with a descriptor for which there was no room here; ENODEV:
        /// the server has gone.
        /// </exception>
        internal SafeFileHandle? Call(Wire.Operation operation, uint number, scoped Span<byte> argument, scoped Span<byte> buffer, SafeFileHandle? descriptor)
        {
            Wire.Reply reply = connection.Exchange(new Wire.Request { Operation = operation, Number = number }, argument, buffer, descriptor);
            ReadOnlySpan<byte> payload = connection.Payload;
            payload[..Math.Min(reply.ArgumentLength, argument.Length)].CopyTo(argument);
            ReplyBuffer = payload.Slice(reply.ArgumentLength, reply.BufferLength);
            if (buffer.Length >= reply.BufferLength)
                ReplyBuffer.CopyTo(buffer);
            return connection.TakeDescriptor();
        }

        public readonly void Dispose() => channel.Return(connection);
    }
}
