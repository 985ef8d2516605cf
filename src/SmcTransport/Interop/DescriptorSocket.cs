using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>
/// A Unix sequenced-packet socket on which a message may carry descriptors. Message borders are kept by the kernel, so a
/// reader never has to trust a length that the peer wrote.
/// </summary>
internal sealed unsafe class DescriptorSocket : IDisposable
{
    /// <summary>SCM_MAX_FD of the kernel (include/net/scm.h).</summary>
    internal const int MaxDescriptors = 253;

    private const int ControlHeader = 16; // sizeof(struct cmsghdr), already aligned
    private readonly SafeHandle _handle;
    private readonly Socket? _owner;

    private DescriptorSocket(SafeHandle handle, Socket? owner = null) => (_handle, _owner) = (handle, owner);

    internal static Socket Listen(string path, int backlog)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <exception cref="SocketException">Nobody listens there, or there is no descriptor left.</exception>
    internal static DescriptorSocket Connect(string path)
    {
        SafeFileHandle socket = UnixAddress.CreateSocket();
        try
        {
            UnixAddress.Connect(socket, path);
            return new DescriptorSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static DescriptorSocket Adopt(Socket accepted) => new(accepted.SafeHandle, accepted);

    internal static DescriptorSocket Adopt(SafeFileHandle accepted) => new(accepted);

    /// <summary>The descriptor's number, to poll it by; it means something only until the socket is disposed.</summary>
    internal int Number => (int)_handle.DangerousGetHandle();

    /// <summary>Process, user and group of the peer, as the kernel saw them when it connected (SO_PEERCRED).</summary>
    internal Libc.UCred PeerCredentials
    {
        get
        {
            Libc.UCred credentials;
            uint length = (uint)sizeof(Libc.UCred);
            return Libc.GetSockOpt(_handle, Libc.SolSocket, Libc.SoPeerCred, &credentials, &length) == 0
                ? credentials
                : throw Libc.Failed("getsockopt(SO_PEERCRED)");
        }
    }

    /// <summary>Sends one message with the descriptors, which stay the caller's.</summary>
    /// <returns>False when the peer has gone.</returns>
    internal bool TrySend(ReadOnlySpan<byte> message, params ReadOnlySpan<SafeHandle> descriptors) => TrySend(message, flags: 0, descriptors);

    /// <summary>Sends one message if the peer has room for it, and never waits.</summary>
    internal bool TrySendNow(ReadOnlySpan<byte> message) => TrySend(message, Libc.MsgDontWait, []);

    private bool TrySend(ReadOnlySpan<byte> message, int flags, ReadOnlySpan<SafeHandle> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors);
        int payload = descriptors.Length * sizeof(int);
        int space = descriptors.IsEmpty ? 0 : ControlHeader + ((payload + 7) & ~7);
        byte* control = stackalloc byte[Math.Max(space, 1)];
        if (space != 0)
        {
            *(Libc.CMsgHdr*)control = new Libc.CMsgHdr { Length = (nuint)(ControlHeader + payload), Level = Libc.SolSocket, Type = Libc.ScmRights };
            for (int i = 0; i < descriptors.Length; i++)
                ((int*)(control + ControlHeader))[i] = (int)descriptors[i].DangerousGetHandle();
        }

        fixed (byte* data = message)
        {
            var vector = new Libc.IoVec { Base = data, Length = (nuint)message.Length };
            var header = new Libc.MsgHdr { Vectors = &vector, VectorCount = 1, Control = space == 0 ? null : control, ControlLength = (nuint)space };
            nint sent;
            do
            {
                try
                {
                    sent = Libc.SendMsg(_handle, &header, Libc.MsgNoSignal | flags);
                }
                catch (ObjectDisposedException)
                {
                    return false;
                }
            }
            while (sent < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
            return sent == message.Length;
        }
    }

    /// <summary>
    /// Waits for one message. No more than <paramref name="allowed"/> descriptors of it enter this process: there is room for no
    /// more in the control buffer, and the kernel closes the rest (unix(7), MSG_CTRUNC).
    /// </summary>
    internal Received Receive(Span<byte> buffer, ReceivedDescriptors descriptors, int allowed = MaxDescriptors)
    {
        TryReceive(buffer, descriptors, allowed, flags: 0, out Received received);
        return received;
    }

    /// <summary>Takes one message if there is one, and never waits; otherwise as <see cref="Receive"/>.</summary>
    /// <returns>False when there is none yet. A peer that has gone is an answer, of length 0.</returns>
    internal bool TryReceiveNow(Span<byte> buffer, ReceivedDescriptors descriptors, int allowed, out Received received) =>
        TryReceive(buffer, descriptors, allowed, Libc.MsgDontWait, out received);

    private bool TryReceive(Span<byte> buffer, ReceivedDescriptors descriptors, int allowed, int flags, out Received received)
    {
        received = default;
        int room = allowed == 0 ? 0 : ControlHeader + (allowed * sizeof(int));
        byte* control = stackalloc byte[Math.Max(room, 1)];
        fixed (byte* data = buffer)
        {
            var vector = new Libc.IoVec { Base = data, Length = (nuint)buffer.Length };
            nint count;
            Libc.MsgHdr header;
            do
            {
                header = new Libc.MsgHdr { Vectors = &vector, VectorCount = 1, Control = room == 0 ? null : control, ControlLength = (nuint)room };
                try
                {
                    count = Libc.RecvMsg(_handle, &header, Libc.MsgCmsgCloexec | flags);
                }
                catch (ObjectDisposedException)
                {
                    return true;
                }
            }
            // A peer that closed with a message of ours unread resets us once; what it sent before that is there still.
            while (count < 0 && Marshal.GetLastPInvokeError() is Libc.EINTR or Libc.ECONNRESET);

            if (count < 0)
                return flags == 0 || Marshal.GetLastPInvokeError() != Libc.EAGAIN;
            if (header.ControlLength != 0)
                TakeDescriptors(control, header.ControlLength, descriptors);
            received = new Received((int)count, (header.Flags & Libc.MsgTrunc) != 0, (header.Flags & Libc.MsgCtrunc) != 0);
            return true;
        }
    }

    /// <summary>Ends the conversation: whoever waits on either end wakes. The descriptor stays until it is disposed.</summary>
    internal void Shutdown()
    {
        try
        {
            _ = Libc.Shutdown(_handle, Libc.ShutReadWrite); // not connected any more is what is wanted
        }
        catch (ObjectDisposedException)
        {
            // So is this.
        }
    }

    /// <summary>Closes the socket and wakes whoever waits on it.</summary>
    public void Dispose()
    {
        Shutdown();
        Close();
    }

    /// <summary>Closes this process' descriptor; another process, to which a fork has given a copy, goes on with its own.</summary>
    internal void Close()
    {
        if (_owner is { } owner)
            owner.Dispose();
        else
            _handle.Dispose();
    }

    private static void TakeDescriptors(byte* control, nuint length, ReceivedDescriptors descriptors)
    {
        for (nuint at = 0; at + ControlHeader <= length;)
        {
            var header = (Libc.CMsgHdr*)(control + at);
            if (header->Length < ControlHeader)
                return;
            if (header->Level == Libc.SolSocket && header->Type == Libc.ScmRights)
            {
                int count = (int)(header->Length - ControlHeader) / sizeof(int);
                for (int i = 0; i < count; i++)
                    descriptors.Add(((int*)(control + at + ControlHeader))[i]);
            }

            at += (header->Length + 7) & ~(nuint)7;
        }
    }
}
