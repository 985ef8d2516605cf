using System.Net;
using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression2000;

/// <summary>UDP: 2004.</summary>
internal static class UdpCases
{
    private const uint NoCommandOfAnyProtocol = 0x00F0_0000, NoCommandOfUdp = 0x6600_0000, CommandOfNoProtocol = 0x3200_0000;

    internal static readonly XtestCase[] All = [new("regression_2004", "UDP iSocket API tests", Udp)];

    private static void Udp(CaseRun c)
    {
        (ByteStream received, ByteStream sent, var mine) = (new ByteStream(1), new ByteStream(2), (new ByteStream(1), new ByteStream(2)));
        using var first = new UdpPeer(IPAddress.Loopback, received, sent);
        using var second = new UdpPeer(IPAddress.Loopback, received, sent);
        using var third = new UdpPeer(IPAddress.Parse("127.0.0.2"), received, sent);

        using (var session = new SocketSession(c))
        {
            byte[] handle = session.Open(SocketApp.CommandUdpOpen, first.Host, first.Port);
            Exchange(c, session, handle, mine, room: 64);
            Exchange(c, session, handle, mine, room: 32);
            c.ExpectResult(TeecResult.Success, (TeecResult)session.ErrorOf(handle));
            c.ExpectSuccess(session.Ioctl(handle, NoCommandOfAnyProtocol, new byte[64]));
            c.ExpectSuccess(session.Close(handle));

            byte[] moving = session.Open(SocketApp.CommandUdpOpen, first.Host, first.Port);
            c.ExpectSuccess(session.Ioctl(moving, SocketApp.IoctlUdpChangePort, BitConverter.GetBytes(second.Port)));
            Exchange(c, session, moving, mine, room: 64);
            c.ExpectSuccess(session.Ioctl(moving, SocketApp.IoctlUdpChangePort, BitConverter.GetBytes(third.Port)));
            c.ExpectSuccess(session.Ioctl(moving, SocketApp.IoctlUdpChangeAddress, Encoding.UTF8.GetBytes(third.Host + '\0')));
            Exchange(c, session, moving, mine, room: 64);
            c.ExpectResult((TeecResult)SocketApp.ErrorHostName, session.Ioctl(moving, SocketApp.IoctlUdpChangeAddress, Encoding.UTF8.GetBytes(third.Host)));
        }

        c.Expect(!first.HasFailed && !second.HasFailed && !third.HasFailed, "the peers to have received what was sent");
        foreach (uint command in (uint[])[NoCommandOfUdp, CommandOfNoProtocol])
        {
            using var session = new SocketSession(c);
            c.ExpectResult(TeecResult.TargetDead, session.Ioctl(session.Open(SocketApp.CommandUdpOpen, first.Host, first.Port), command, new byte[64]));
        }
    }

    /// <summary>A datagram there and one back, of which there is room for some or all.</summary>
    private static void Exchange(CaseRun c, SocketSession session, byte[] handle, (ByteStream Sent, ByteStream Received) stream, int room)
    {
        const int Size = 64;
        c.ExpectSuccess(session.Send(handle, stream.Sent.Next(Size), SocketSession.Forever, out int sent));
        c.Expect(sent == Size, $"{Size} bytes to be sent, got {sent}");
        c.ExpectSuccess(session.Receive(handle, Memory<byte>.Empty, SocketSession.Forever, out int waiting));
        c.Expect(waiting is 0 or Size, $"nothing or {Size} bytes to wait, got {waiting}");
        byte[] data = new byte[room];
        c.ExpectSuccess(session.Receive(handle, data, SocketSession.Forever, out int size));
        c.Expect(size == Size, $"a datagram of {Size} bytes, got {size}");
        c.ExpectBytes(stream.Received.Next(Size).AsSpan(0, room), data);
    }
}
