using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression2000;

/// <summary>TCP: 2001 to 2003.</summary>
internal static class TcpCases
{
    private const uint NoCommandOfAnyProtocol = 0x00F0_0000, NoCommandOfTcp = 0x6500_0000, CommandOfNoProtocol = 0x3200_0000;

    internal static readonly XtestCase[] All =
    [
        new("regression_2001", "Trivial TCP iSocket API tests", Trivial),
        new("regression_2002", "Concurrent stressing TCP iSocket API tests", Concurrent),
        new("regression_2003_timeout", "Timeout TCP iSocket API tests", Timeouts),
        new("regression_2003_cancel", "Timeout TCP iSocket API tests - a wait that is cancelled", Cancelled),
    ];

    private static void Trivial(CaseRun c)
    {
        using var peer = new TcpPeer(new ByteStream(1), new ByteStream(2));
        (ByteStream mine, ByteStream theirs) = (new ByteStream(1), new ByteStream(2));
        using (var session = new SocketSession(c))
        {
            byte[] handle = session.Open(SocketApp.CommandTcpOpen, TcpPeer.Host, peer.Port), room = new byte[64];
            if (!session.SendAll(handle, mine.Next(64)) || !session.ReceiveAll(handle, room))
                return;
            c.ExpectBytes(theirs.Next(64), room);
            c.Expect(!peer.HasFailed, "the peer to have received what was sent");
            c.ExpectResult(TeecResult.Success, (TeecResult)session.ErrorOf(handle));
            c.ExpectSuccess(session.Close(handle));

            byte[] next = session.Open(SocketApp.CommandTcpOpen, TcpPeer.Host, peer.Port);
            c.ExpectSuccess(session.Ioctl(next, NoCommandOfAnyProtocol, new byte[64]));
            c.ExpectSuccess(session.Close(next));
        }

        foreach (uint command in (uint[])[NoCommandOfTcp, CommandOfNoProtocol])
        {
            using var session = new SocketSession(c);
            c.ExpectResult(TeecResult.TargetDead, session.Ioctl(session.Open(SocketApp.CommandTcpOpen, TcpPeer.Host, peer.Port), command, new byte[64]));
        }
    }

    private static void Concurrent(CaseRun c)
    {
        const int Threads = 3;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() => Exchange(c, (uint)i)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }

    private static void Exchange(CaseRun c, uint number)
    {
        const int Total = 10_000, Piece = 64;
        uint seed = 1 + (number * 2);
        using var peer = new TcpPeer(new ByteStream(seed), new ByteStream(seed + 1));
        (ByteStream mine, ByteStream theirs) = (new ByteStream(seed), new ByteStream(seed + 1));
        using var session = new SocketSession(c);
        byte[] handle = session.Open(SocketApp.CommandTcpOpen, TcpPeer.Host, peer.Port), room = new byte[Piece];
        for (int done = 0; done < Total; done += Piece)
        {
            if (!session.SendAll(handle, mine.Next(Piece)) || !session.ReceiveAll(handle, room) || !c.ExpectBytes(theirs.Next(Piece), room))
                return;
        }

        c.ExpectSuccess(session.Close(handle));
        c.Expect(!peer.HasFailed, "the peer to have received what was sent");
    }

    private static void Timeouts(CaseRun c)
    {
        const uint Timeout = 10;
        const int Size = 16 * 1024;
        using var peer = TcpPeer.NewSilent();
        using var session = new SocketSession(c);
        byte[] handle = session.Open(SocketApp.CommandTcpOpen, TcpPeer.Host, peer.Port), data = new byte[Size];
        c.ExpectSuccess(session.Ioctl(handle, SocketApp.IoctlTcpSetReceiveBuffer, BitConverter.GetBytes(4096)));
        c.ExpectSuccess(session.Ioctl(handle, SocketApp.IoctlTcpSetSendBuffer, BitConverter.GetBytes(4096)));

        TeecResult result;
        do
            result = session.Send(handle, data, Timeout, out _);
        while (result == TeecResult.Success);

        c.ExpectResult((TeecResult)SocketApp.ErrorTimeout, result);
        c.ExpectResult((TeecResult)SocketApp.ErrorTimeout, session.Receive(handle, data, Timeout, out int size));
        c.Expect(size == Size, $"a size that is left as it was, got {size}");
        c.ExpectResult((TeecResult)SocketApp.ErrorTimeout, (TeecResult)session.ErrorOf(handle));
    }

    private static void Cancelled(CaseRun c)
    {
        using var peer = TcpPeer.NewSilent();
        using var session = new SocketSession(c);
        byte[] handle = session.Open(SocketApp.CommandTcpOpen, TcpPeer.Host, peer.Port);
        Operation operation = SocketSession.ReceiveOperation(handle, new byte[64], SocketSession.Forever, isCancellable: true);
        TeecResult result = TeecResult.Success;
        var waiting = new Thread(() => result = session.Try(SocketApp.CommandReceive, operation));
        waiting.Start();
        do
            operation.RequestCancellation(); // until it is under way, there is nothing to cancel
        while (!waiting.Join(millisecondsTimeout: 20));

        c.ExpectResult(TeecResult.Cancel, result);
        c.ExpectSuccess(session.Close(handle));
    }
}
