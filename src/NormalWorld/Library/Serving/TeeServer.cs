using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using Serilog;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// Serves the TEE device to other processes of the same user. A connection is served by a thread of its own, because an ioctl
/// may block; a client that wants several at once opens several connections to one context. The context ends with its first
/// connection, however its client ended, and takes its sessions and memory with it.
/// </summary>
internal sealed class TeeServer : IDisposable
{
    private const int MaxConnections = 256;

    private readonly ITeeDeviceSource _environment;
    private readonly Socket _listener;
    private readonly ConcurrentDictionary<Guid, Client> _clients = new();
    private readonly ConcurrentDictionary<DescriptorSocket, byte> _connections = new();

    internal TeeServer(ITeeDeviceSource environment, string path)
    {
        _environment = environment;
        try
        {
            _listener = DescriptorSocket.Listen(path, backlog: 64);
        }
        catch (SocketException e)
        {
            throw new TeeLaunchException($"The socket '{path}' cannot be made: {e.Message}", e);
        }

        new Thread(Accept, maxStackSize: 256 * 1024) { IsBackground = true, Name = "tee server" }.Start();
    }

    internal int ClientCount => _clients.Count;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (DescriptorSocket connection in _connections.Keys)
            connection.Dispose();
    }

    private sealed record Client(TeeDevice Device, BinaryIoctl Ioctls);

    private void Accept()
    {
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = _listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            var connection = DescriptorSocket.Adopt(accepted);
            if (_connections.Count >= MaxConnections || !_connections.TryAdd(connection, 0))
            {
                Log.Warning("A client was turned away: {Count} connections are open", _connections.Count);
                connection.Dispose();
                continue;
            }

            new Thread(() => Serve(connection), maxStackSize: 512 * 1024) { IsBackground = true, Name = "tee client" }.Start();
        }
    }

    private void Serve(DescriptorSocket connection)
    {
        Guid owned = Guid.Empty;
        try
        {
            Client? client = null;
            byte[] packet = new byte[Wire.MaxPacket];
            var descriptors = new List<SafeFileHandle>();
            while (connection.Receive(packet, descriptors) is var length and not 0)
            {
                SafeFileHandle? descriptor = descriptors.FirstOrDefault();
                if (length < Unsafe.SizeOf<Wire.Request>())
                    return;
                Wire.Request request = MemoryMarshal.Read<Wire.Request>(packet);
                if (client is null)
                {
                    if (request.Operation != Wire.Operation.Hello || request.Number != Wire.Revision || Hello(connection, request.Context, ref owned) is not { } joined)
                        return;
                    client = joined;
                }
                else if (!Answer(connection, client, request, packet.AsSpan(Unsafe.SizeOf<Wire.Request>(), length - Unsafe.SizeOf<Wire.Request>()), descriptor))
                {
                    return;
                }

                descriptors.ForEach(handle => handle.Dispose());
                descriptors.Clear();
            }
        }
        finally
        {
            if (owned != Guid.Empty && _clients.TryRemove(owned, out Client? client))
                client.Device.Dispose();
            _connections.TryRemove(connection, out _);
            connection.Dispose();
        }
    }

    private Client? Hello(DescriptorSocket connection, Guid context, ref Guid owned)
    {
        SmcTransport.Interop.Libc.UCred peer = connection.PeerCredentials;
        if (peer.Uid != Interop.Libc.GetEUid())
        {
            Send(connection, new Wire.Reply { Errno = (int)Errno.EACCES }, [], [], "The TEE serves its own user only.", null);
            return null;
        }

        if (context != Guid.Empty)
        {
            if (!_clients.TryGetValue(context, out Client? existing))
                return null;
            Send(connection, new Wire.Reply { Context = context }, [], [], "", null);
            return existing;
        }

        try
        {
            TeeDevice device = _environment.OpenDevice(ClientIdentity.Of(peer.Pid, peer.Uid, peer.Gid));
            owned = Guid.NewGuid();
            var client = new Client(device, new BinaryIoctl(device, _environment.DeviceHost, new UserMemory(peer.Pid)));
            _clients[owned] = client;
            Send(connection, new Wire.Reply { Context = owned }, [], [], "", null);
            return client;
        }
        catch (TeeDriverException e)
        {
            Send(connection, new Wire.Reply { Errno = (int)e.Errno }, [], [], e.Message, null);
            return null;
        }
    }

    private static bool Answer(DescriptorSocket connection, Client client, Wire.Request request, Span<byte> payload, SafeFileHandle? descriptor)
    {
        if (request.ArgumentLength < 0 || request.BufferLength < 0 || (long)request.ArgumentLength + request.BufferLength != payload.Length)
            return false;
        var frame = new IoctlFrame
        {
            Argument = payload[..request.ArgumentLength],
            Buffer = payload[request.ArgumentLength..],
            DescriptorIn = descriptor,
        };
        try
        {
            switch (request.Operation)
            {
                case Wire.Operation.Ioctl:
                    client.Ioctls.Handle(request.Number, ref frame);
                    break;
                case Wire.Operation.HeapIoctl:
                    client.Ioctls.HandleHeap(Encoding.UTF8.GetString(frame.Buffer), request.Number, ref frame);
                    break;
                case Wire.Operation.CloseShm:
                    client.Ioctls.CloseShm((int)Math.Min(request.Number, int.MaxValue));
                    break;
                case Wire.Operation.ListHeaps:
                    frame.Buffer = JsonSerializer.SerializeToUtf8Bytes([.. client.Device.GetHeaps()], ServingJson.Default.HeapInfoArray);
                    break;
                default:
                    return false;
            }

            return Send(connection, default, frame.Argument, frame.Buffer, "", frame.DescriptorOut);
        }
        catch (TeeDriverException e)
        {
            return Send(connection, new Wire.Reply { Errno = (int)e.Errno }, [], [], e.Message, null);
        }
        finally
        {
            frame.DescriptorOut?.Dispose();
        }
    }

    private static bool Send(DescriptorSocket connection, Wire.Reply reply, ReadOnlySpan<byte> argument, ReadOnlySpan<byte> buffer, string text, SafeFileHandle? descriptor)
    {
        byte[] textBytes = Encoding.UTF8.GetBytes(text);
        (reply.ArgumentLength, reply.BufferLength, reply.TextLength) = (argument.Length, buffer.Length, textBytes.Length);
        byte[] packet = [.. MemoryMarshal.AsBytes(new ReadOnlySpan<Wire.Reply>(in reply)), .. argument, .. buffer, .. textBytes];
        return descriptor is null ? connection.TrySend(packet) : connection.TrySend(packet, descriptor);
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(HeapInfo[]))]
internal sealed partial class ServingJson : System.Text.Json.Serialization.JsonSerializerContext;
