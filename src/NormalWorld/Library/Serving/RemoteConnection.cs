using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// One connection to a server, used by one request at a time. What a request needs is kept for the next one, so that a call
/// allocates nothing.
/// </summary>
internal sealed class RemoteConnection(DescriptorSocket socket) : IDisposable
{
    private readonly byte[] _packet = new byte[Wire.MaxPacket]; // the request, and then its answer
    private readonly ReceivedDescriptors _descriptors = new();
    private readonly SocketWait _wait = new();
    private MemoryIds _memory; // read by other threads
    private Received _received;

    /// <summary>The server has gone, or has ended this connection.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>What stands behind the head of the last answer.</summary>
    internal ReadOnlySpan<byte> Payload => _packet.AsSpan(Wire.Head, _received.Length - Wire.Head);

    internal static TeeDriverException Gone() => new(Errno.ENODEV, "The process that served the TEE has gone.");

    /// <summary>The first exchange: opens a context, or joins one.</summary>
    /// <returns>The context.</returns>
    /// <exception cref="TeeDriverException">The errno of the answer; ENODEV: there is none.</exception>
    internal Guid Greet(Guid context)
    {
        int length = Wire.Write(_packet, new Wire.Request { Operation = Wire.Operation.Hello, Number = Wire.Revision, Context = context }, [], []);
        // A server that turns somebody away says why and closes at once, so its answer is there even where nothing can be sent.
        socket.TrySend(_packet.AsSpan(0, length));
        _received = socket.Receive(_packet, _descriptors, allowed: 0);
        return ReadReply().Context;
    }

    /// <summary>A request and its answer.</summary>
    /// <exception cref="TeeDriverException">The errno of the answer; EMSGSIZE; ENODEV: the server has gone.</exception>
    internal Wire.Reply Exchange(Wire.Request request, ReadOnlySpan<byte> argument, ReadOnlySpan<byte> buffer, SafeFileHandle? descriptor)
    {
        ReadOnlySpan<byte> packet = _packet.AsSpan(0, Wire.Write(_packet, request, argument, buffer));
        bool sent = descriptor is null ? socket.TrySend(packet) : socket.TrySend(packet, descriptor);
        _received = sent ? _wait.Receive(socket, _packet, _descriptors, allowed: 1) : default;
        IsBroken = _received.Length < Wire.Head;
        return ReadReply();
    }

    /// <summary>The descriptor that came with the last answer, handed over; null when there was none.</summary>
    /// <exception cref="TeeDriverException">EMFILE: there was, and no room for it here.</exception>
    internal SafeFileHandle? TakeDescriptor() => _received.LostDescriptors
        ? throw new TeeDriverException(Errno.EMFILE, "This process has no descriptor left for what the server sent.")
        : _descriptors.TakeFirst();

    /// <summary>The shared memory that the request uses until its end.</summary>
    internal void Refer(ReadOnlySpan<TeeIoctlParam> parameters)
    {
        for (int i = 0; i < Math.Min(parameters.Length, MemoryIds.Capacity); i++)
            Volatile.Write(ref _memory[i], parameters[i].IsMemref ? unchecked((int)parameters[i].C) : 0);
    }

    internal bool RefersTo(int id)
    {
        for (int i = 0; i < MemoryIds.Capacity; i++)
        {
            if (Volatile.Read(ref _memory[i]) == id)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Lets go of the memory, and closes what came with the answer and nobody has taken. The request's own thread does this.
    /// </summary>
    internal void EndRequest()
    {
        for (int i = 0; i < MemoryIds.Capacity; i++)
            Volatile.Write(ref _memory[i], 0);
        _descriptors.Dispose();
    }

    /// <summary>Closes the socket, from any thread: a request that is under way hears that the server has gone.</summary>
    public void Dispose() => socket.Dispose();

    /// <summary>Leaves the conversation to the process that this one was forked from.</summary>
    internal void Leave() => socket.Close();

    private Wire.Reply ReadReply()
    {
        if (_received.Length < Wire.Head)
            throw Gone();
        Wire.Reply reply = MemoryMarshal.Read<Wire.Reply>(_packet);
        if (reply.ArgumentLength < 0 || reply.BufferLength < 0 || reply.TextLength < 0
            || (long)reply.ArgumentLength + reply.BufferLength + reply.TextLength > Payload.Length)
        {
            throw new TeeDriverException(Errno.EIO, "The server's answer is malformed.");
        }

        if (reply.Errno == 0)
            return reply;
        var errno = (Errno)reply.Errno;
        throw new TeeDriverException(errno, Without(Encoding.UTF8.GetString(Payload.Slice(reply.ArgumentLength + reply.BufferLength, reply.TextLength)), errno));
    }

    // The text of a driver exception begins with its errno already.
    private static string Without(string text, Errno errno) =>
        text.StartsWith($"{errno}: ", StringComparison.Ordinal) ? text[$"{errno}: ".Length..] : text;

    /// <summary>Ids of shared memory begin with 1.</summary>
    [InlineArray(Capacity)]
    private struct MemoryIds
    {
        internal const int Capacity = 4;

        private int _first;
    }
}
