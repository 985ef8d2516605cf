using System.Buffers;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.PseudoTas.Sockets;

/// <summary>The sockets of one session. One call at a time is in a session, so nothing here is locked.</summary>
/// <param name="registry">Counts, and closes what cannot be closed now.</param>
/// <param name="instance">The TA's instance, whose they are.</param>
/// <param name="id">By which the supplicant knows this session.</param>
internal sealed class SocketSession(SocketRegistry registry, ulong instance, uint id) : IDisposable
{
    /// <summary>No datagram has more, over either version of IP (RFC 768; 65535 less the header).</summary>
    private const int LargestDatagram = ushort.MaxValue - 8;

    private readonly Dictionary<uint, Entry> _sockets = [];
    private readonly Queue<uint> _unclosed = []; // the supplicant's handles of sockets that it could not be told to close; they count
    private uint _lastHandle;
    private bool _asked;

    /// <param name="Handle">The supplicant's.</param>
    /// <param name="Protocol">TCP or UDP.</param>
    private readonly record struct Entry(uint Handle, uint Protocol);

    private SocketRequests Requests => registry.Requests;

    internal TeeResult Open(SocketAddress address, in SocketWait wait, out uint handle)
    {
        handle = 0;
        CloseForgotten();
        if (!registry.TryCount(instance))
            return TeeResult.SocketOutOfResources;
        _asked = true; // whatever the answer is: a supplicant may open, and say that it has not
        TeeResult result = Requests.Open(id, address, out uint remote, out bool isUnderWay);
        if (result != TeeResult.Success)
        {
            registry.Uncount(instance, 1);
            return result;
        }

        if (isUnderWay && Await(remote, wait) is var why and not TeeResult.Success)
        {
            // Whoever was not told how it has ended, as a killed client's call is not, leaves it open.
            Forget(remote);
            return why;
        }

        do
            handle = unchecked(++_lastHandle);
        while (!_sockets.TryAdd(handle, new Entry(remote, address.Protocol)));
        return TeeResult.Success;
    }

    /// <summary>Nobody can say how long looking a name up and connecting take, so they are asked after in slices too.</summary>
    private TeeResult Await(uint remote, in SocketWait wait)
    {
        TeeResult result = TeeResult.Success;
        for (bool isUnderWay = true; result == TeeResult.Success && isUnderWay;)
        {
            if (SocketWait.Interruption is var why and not TeeResult.Success)
                return why;
            result = Requests.AwaitOpen(id, remote, wait.Next, out isUnderWay);
        }

        return result;
    }

    /// <summary>Closes a socket that counts; when that cannot be told, it goes on counting until it can.</summary>
    private TeeResult Forget(uint remote)
    {
        TeeResult result = Requests.Close(id, remote);
        if (result == TeeResult.Communication)
            _unclosed.Enqueue(remote);
        else
            registry.Uncount(instance, 1);
        return result;
    }

    private void CloseForgotten()
    {
        for (int left = _unclosed.Count; left > 0; left--)
        {
            if (Forget(_unclosed.Dequeue()) == TeeResult.Communication)
                return; // nobody hears the next one either
        }
    }

    internal TeeResult Close(uint handle)
    {
        if (!_sockets.Remove(handle, out Entry socket))
            return TeeResult.BadParameters;
        return Forget(socket.Handle);
    }

    /// <summary>Sends. Of a stream what fits into one request, as a stream may; a datagram whole.</summary>
    internal TeeResult Send(uint handle, ReadOnlySpan<byte> data, in SocketWait wait, out uint sent)
    {
        sent = 0;
        if (!_sockets.TryGetValue(handle, out Entry socket))
            return TeeResult.BadParameters;
        if (socket.Protocol == OpteeRpcSocket.ProtocolUdp && data.Length > LargestDatagram)
            return TeeResult.SocketLargeBuffer;
        int length = Math.Min(data.Length, SocketPta.LargestTransfer);
        byte[] copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            data[..length].CopyTo(copy);
            while (true)
            {
                if (SocketWait.Interruption is var why and not TeeResult.Success)
                    return why;
                uint slice = wait.Next;
                TeeResult result = Requests.Send(id, socket.Handle, copy.AsMemory(0, length), slice, out sent);
                if (result != TeeResult.SocketTimeout || wait.Next == 0)
                    return result;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy, clearArray: true);
        }
    }

    /// <summary>Receives. Without room it says what there is, and does not wait (GPD_SPE_100, recv).</summary>
    internal TeeResult Receive(uint handle, Span<byte> room, in SocketWait wait, out int size)
    {
        size = 0;
        if (!_sockets.TryGetValue(handle, out Entry socket))
            return TeeResult.BadParameters;
        int length = Math.Min(room.Length, SocketPta.LargestTransfer);
        byte[] copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            bool isStream = socket.Protocol == OpteeRpcSocket.ProtocolTcp;
            while (true)
            {
                if (SocketWait.Interruption is var why and not TeeResult.Success)
                    return why;
                TeeResult result = Requests.Receive(id, socket.Handle, copy.AsMemory(0, length), wait.Next, mayBeCut: !isStream, out size);
                if (result == TeeResult.SocketTimeout && wait.Next != 0)
                    continue;
                // Upstream's supplicant says nothing of an end but that nothing came.
                if (result == TeeResult.Success && isStream && size == 0 && length != 0)
                    return TeeResult.SocketRemoteClosed;
                if (result == TeeResult.Success)
                    copy.AsSpan(0, Math.Min(size, length)).CopyTo(room);
                return result;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy, clearArray: true);
        }
    }

    internal TeeResult Ioctl(uint handle, uint command, Span<byte> data, in SocketWait wait, out int size)
    {
        size = 0;
        if (!_sockets.TryGetValue(handle, out Entry socket) || data.Length is 0 or > SocketPta.LongestName)
            return TeeResult.BadParameters;
        byte[] copy = data.ToArray();
        while (true)
        {
            if (SocketWait.Interruption is var why and not TeeResult.Success)
                return why;
            TeeResult result = Requests.Ioctl(id, socket.Handle, command, copy, out size);
            if (result == TeeResult.SocketTimeout && wait.Next != 0)
                continue; // a name is being looked up
            if (result == TeeResult.Success)
                copy.AsSpan(0, size).CopyTo(data);
            return result;
        }
    }

    /// <summary>The session has closed, or its TA has died.</summary>
    public void Dispose()
    {
        registry.Uncount(instance, _sockets.Count + _unclosed.Count);
        _sockets.Clear();
        _unclosed.Clear();
        if (_asked)
            registry.CloseAll(id);
    }
}
