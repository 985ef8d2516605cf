using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.WorldTests.Harness;

/// <summary>A client that writes its packets itself, as a hostile one would.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly DescriptorSocket _socket;
    private readonly List<SafeFileHandle> _kept = [];

    internal RawClient(string path) => _socket = DescriptorSocket.Connect(path);

    /// <summary>The descriptors that came, which are open until the client ends.</summary>
    internal IReadOnlyList<SafeFileHandle> Kept => _kept;

    /// <summary>Whether it keeps descriptors that come.</summary>
    internal bool Keeps { get; init; }

    /// <summary>What came back; errno ENODEV when nothing did.</summary>
    internal sealed record Answer(Errno Errno, string Text, byte[] Argument);

    internal Answer Hello() => Exchange(Wire.Operation.Hello, Wire.Revision, [], []);

    /// <summary>Connects and opens a context.</summary>
    internal static RawClient Open(string path)
    {
        var client = new RawClient(path);
        Assert.Equal((Errno)0, client.Hello().Errno);
        return client;
    }

    internal Answer Ioctl<T>(uint request, T argument, params SafeHandle[] descriptors)
        where T : struct =>
        Exchange(Wire.Operation.Ioctl, request, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in argument)), [], descriptors);

    internal Answer Exchange(Wire.Operation operation, uint number, ReadOnlySpan<byte> argument, ReadOnlySpan<byte> buffer, params SafeHandle[] descriptors)
    {
        Send(operation, number, argument, buffer, descriptors);
        return Receive();
    }

    internal void Send(Wire.Operation operation, uint number, ReadOnlySpan<byte> argument, ReadOnlySpan<byte> buffer, params SafeHandle[] descriptors)
    {
        var request = new Wire.Request { Operation = operation, Number = number, ArgumentLength = argument.Length, BufferLength = buffer.Length };
        _socket.TrySend([.. MemoryMarshal.AsBytes(new ReadOnlySpan<Wire.Request>(in request)), .. argument, .. buffer], descriptors);
    }

    internal Answer Receive()
    {
        byte[] packet = new byte[Wire.MaxPacket];
        using var received = new ReceivedDescriptors();
        int length = _socket.Receive(packet, received).Length;
        if (Keeps)
            _kept.AddRange(received.TakeAll());
        int head = Unsafe.SizeOf<Wire.Reply>();
        if (length < head)
            return new Answer(Errno.ENODEV, "", []);
        Wire.Reply reply = MemoryMarshal.Read<Wire.Reply>(packet);
        string text = Encoding.UTF8.GetString(packet, head + reply.ArgumentLength + reply.BufferLength, reply.TextLength);
        return new Answer((Errno)reply.Errno, text, packet[head..(head + reply.ArgumentLength)]);
    }

    /// <summary>What the kernel does when a process dies: everything is closed, whatever is under way.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        _kept.ForEach(kept => kept.Dispose());
    }
}
