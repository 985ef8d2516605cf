using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using Serilog;

namespace RestrictedTee.NormalWorld.Serving;

/// <summary>
/// One connection of a client, on a thread of its own. It is a border: whatever goes wrong on it is logged, answered with an
/// errno where there is something to answer, and costs this connection at most.
/// </summary>
internal sealed class ServerConnection(TeeServer server, DescriptorSocket socket, Libc.UCred peer, DescriptorBudget.Account account)
{
    /// <summary>No request carries more (an ioctl names one descriptor).</summary>
    private const int MaxDescriptors = 1;

    /// <summary>What a packet has room for, at less than 256 bytes each.</summary>
    private const int MaxCallsListed = 60;

    private readonly byte[] _packet = new byte[Wire.MaxPacket]; // the request, and then its answer
    private readonly SocketWait _wait = new();
    private readonly object _leaving = new(); // protects _isLeaving; that of the supplicant's queue is taken inside

    private volatile ServedClient? _client; // set once, after _ownsClient
    private bool _ownsClient;
    private bool _isLeaving;
    private int _threadId;
    private volatile bool _stopped;
    private volatile bool _finished;

    internal int Number { get; } = socket.Number;

    internal Libc.UCred Peer => peer;

    internal DescriptorBudget.Account Account => account;

    /// <summary>Wakes the thread to leave; what it has received is not served any more.</summary>
    internal void Stop()
    {
        _stopped = true;
        socket.Shutdown();
    }

    /// <summary>The watcher's: the far end is not there any more.</summary>
    /// <returns>Whether the thread is still on its way; ask again then.</returns>
    internal bool PeerHasGone()
    {
        Stop();
        if (_ownsClient)
            _client?.End();
        if (!_finished)
            GiveUpCall();
        return !_finished;
    }

    /// <summary>The call that the thread is in is for nobody: what the supplicant waits for on its behalf too, whatever the TA masks.</summary>
    private void GiveUpCall()
    {
        int thread = Volatile.Read(ref _threadId);
        lock (_leaving)
        {
            if (!_isLeaving)
                _client?.Device.AbandonCallOf(thread);
        }

        _client?.Device.CancelCallOf(thread);
    }

    /// <summary>What the thread asks for from now on is for the sake of closing, and is asked.</summary>
    private void EndGivingUp()
    {
        lock (_leaving)
            _isLeaving = true;
        _client?.Device.EndOfCall(Environment.CurrentManagedThreadId);
    }

    /// <summary>The thread.</summary>
    internal void Run()
    {
        Volatile.Write(ref _threadId, Environment.CurrentManagedThreadId);
        try
        {
            Serve();
        }
        catch (Exception e)
        {
            Log.Error("A connection of process {Pid} ended: {Type} at {Place}", peer.Pid, e.GetType().Name, BorderFault.PlaceOf(e));
        }
        finally
        {
            Finish();
        }
    }

    private void Serve()
    {
        using var descriptors = new ReceivedDescriptors();
        while (!_stopped)
        {
            descriptors.Dispose(); // those of the last request that nobody has taken
            Received received = _wait.Receive(socket, _packet, descriptors, MaxDescriptors);
            if (_stopped || received.Length < Wire.Head)
                return;
            Wire.Request request = MemoryMarshal.Read<Wire.Request>(_packet);
            bool goesOn = !received.IsWhole ? SendFault(Refusal(received, descriptors))
                : _client is null ? Hello(request)
                : Answer(_client, request, _packet.AsSpan(Wire.Head, received.Length - Wire.Head), descriptors.First);
            if (!goesOn)
                return;
        }
    }

    private static TeeDriverException Refusal(Received received, ReceivedDescriptors descriptors) =>
        received.IsTruncated ? new TeeDriverException(Errno.EMSGSIZE, $"A packet has {Wire.MaxPacket} bytes at most.")
        : descriptors.Count == MaxDescriptors ? new TeeDriverException(Errno.EINVAL, $"A packet carries {MaxDescriptors} descriptor at most.")
        : new TeeDriverException(Errno.EMFILE, "The server has no descriptor left to receive one with; try again.");

    private bool Hello(Wire.Request request)
    {
        if (request.Operation != Wire.Operation.Hello || request.Number != Wire.Revision)
        {
            SendFault(new TeeDriverException(Errno.EINVAL, $"The server speaks revision {Wire.Revision} of this socket, the client {request.Number}; use one build."));
            return false;
        }

        try
        {
            (ServedClient client, Guid id) = server.Join(this, request.Context);
            _ownsClient = request.Context == Guid.Empty;
            _client = client;
            return Send(new Wire.Reply { Context = id }, [], [], null);
        }
        catch (Exception e)
        {
            Report(e, request);
            SendFault(e);
            return false;
        }
    }

    private bool Answer(ServedClient client, Wire.Request request, Span<byte> payload, SafeFileHandle? descriptor)
    {
        if (request.ArgumentLength < 0 || request.BufferLength < 0 || (long)request.ArgumentLength + request.BufferLength != payload.Length)
            return false;
        var frame = new IoctlFrame { User = client.Memory, Argument = payload[..request.ArgumentLength], Buffer = payload[request.ArgumentLength..], DescriptorIn = descriptor };
        try
        {
            switch (request.Operation)
            {
                case Wire.Operation.Ioctl:
                    client.Ioctl(request.Number, ref frame);
                    break;
                case Wire.Operation.HeapIoctl:
                    client.HeapIoctl(Encoding.UTF8.GetString(frame.Buffer), request.Number, ref frame);
                    break;
                case Wire.Operation.SmafIoctl:
                    client.SmafIoctl(request.Number, ref frame);
                    break;
                case Wire.Operation.CloseShm:
                    client.CloseShm((int)Math.Min(request.Number, int.MaxValue));
                    break;
                case Wire.Operation.ListHeaps:
                    frame.Buffer = JsonSerializer.SerializeToUtf8Bytes([.. client.Device.GetHeaps()], ServingJson.Default.HeapInfoArray);
                    break;
                case Wire.Operation.DescribeBuffer:
                    frame.Buffer = JsonSerializer.SerializeToUtf8Bytes(client.Describe(descriptor), ServingJson.Default.DmaBufInfo);
                    break;
                case Wire.Operation.ListCalls:
                    frame.Buffer = JsonSerializer.SerializeToUtf8Bytes(Fitting(client.Device.Host.Calls), ServingJson.Default.CallInfoArray);
                    break;
                case Wire.Operation.CancelCall:
                    client.Device.Host.Cancel(request.Number);
                    break;
                case Wire.Operation.EndSecureWorld:
                    Log.Information("Process {Pid} ends the secure world", peer.Pid);
                    server.EndSecureWorld();
                    break;
                default:
                    return false;
            }

            return Send(default, frame.Argument, frame.Buffer, frame.DescriptorOut);
        }
        catch (Exception e)
        {
            Report(e, request);
            return SendFault(e);
        }
        finally
        {
            frame.DescriptorOut?.Dispose();
        }
    }

    /// <summary>As many calls as a packet holds, and of those the oldest.</summary>
    private static CallInfo[] Fitting(CallInfo[] calls) => calls.Length <= MaxCallsListed ? calls : calls[..MaxCallsListed];

    /// <summary>What is no errno by itself is a fault of ours, whoever provoked it.</summary>
    private void Report(Exception fault, Wire.Request request)
    {
        if (fault is not TeeDriverException)
        {
            Log.Error(
                "Request {Operation} 0x{Number:x8} of process {Pid} failed: {Type} at {Place}",
                request.Operation, request.Number, peer.Pid, fault.GetType().Name, BorderFault.PlaceOf(fault));
        }
    }

    private bool SendFault(Exception fault) =>
        socket.TrySend(_packet.AsSpan(0, Wire.Write(_packet, BorderFault.ErrnoOf(fault), BorderFault.TextOf(fault))));

    private bool Send(Wire.Reply reply, ReadOnlySpan<byte> argument, ReadOnlySpan<byte> buffer, SafeFileHandle? descriptor)
    {
        ReadOnlySpan<byte> packet = _packet.AsSpan(0, Wire.Write(_packet, reply, argument, buffer));
        return descriptor is null ? socket.TrySend(packet) : socket.TrySend(packet, descriptor);
    }

    private void Finish()
    {
        try
        {
            EndGivingUp();
            if (_ownsClient)
                server.End(_client!);
            _client?.Leave(this);
        }
        catch (Exception e)
        {
            Log.Error("What process {Pid} had could not be cleared away: {Type} at {Place}", peer.Pid, e.GetType().Name, BorderFault.PlaceOf(e));
        }
        finally
        {
            _finished = true;
            server.Forget(this);
            socket.Dispose();
            account.Return();
        }
    }
}
