using System.Net;
using System.Net.Sockets;
using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Serving;

/// <summary>Sockets of TAs, across all the processes that there are.</summary>
public sealed class SocketTests
{
    private const uint Forever = uint.MaxValue;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("smc")]
    [InlineData("ffa")]
    public void Invariant_9_clients_that_die_while_their_tas_wait_for_the_network_give_threads_and_sockets_back(string conduit)
    {
        const int Threads = 3;
        using Socket listener = Listen();
        using var up = new Rtee.Up("--conduit", conduit, "--threads", Threads.ToString());
        using TeeContext living = new(RemoteDevice.Connect(up.Socket));
        TeeContext[] dying = [.. Enumerable.Range(0, Threads).Select(_ => new TeeContext(RemoteDevice.Connect(up.Socket)))];
        var outcomes = new TeecResult[Threads];
        Thread[] waits = [.. dying.Select((context, i) =>
        {
            TeeSession session = context.OpenSession(SocketApp.Uuid);
            byte[] handle = Open(session, listener);
            // The socket TA leaves cancellation masked, as the original's.
            return new Thread(() => outcomes[i] = session.TryInvoke(
                SocketApp.CommandReceive, new Operation(Parameter.TempInput(handle), Parameter.TempOutput(new byte[1]), Parameter.ValueInput(Forever)), out _));
        })];
        Socket[] peers = [.. waits.Select(_ => listener.Accept())];
        Array.ForEach(waits, wait => wait.Start());
        Assert.True(SpinWait.SpinUntil(() => CallsOf(up) == Threads, Deadline));

        Array.ForEach(dying, context => context.Dispose());

        Assert.All(waits, wait => Assert.True(wait.Join(Deadline)));
        Assert.All(outcomes, outcome => Assert.Equal(TeecResult.Communication, outcome));
        Assert.All(peers, peer =>
        {
            peer.ReceiveTimeout = (int)Deadline.TotalMilliseconds;
            Assert.Equal(0, peer.Receive(new byte[1])); // the socket has been closed
            peer.Dispose();
        });
        for (int i = 0; i < Threads; i++)
            living.OpenSession(HelloWorld.Uuid).Dispose();
    }

    [Fact]
    public void Data_goes_from_process_to_process_and_back()
    {
        using Socket listener = Listen();
        using var up = new Rtee.Up();
        using TeeContext context = new(RemoteDevice.Connect(up.Socket));
        using TeeSession session = context.OpenSession(SocketApp.Uuid);
        byte[] handle = Open(session, listener), room = new byte[4];
        using Socket peer = listener.Accept();

        session.Invoke(SocketApp.CommandSend, new Operation(Parameter.TempInput(handle), Parameter.TempInput(new byte[] { 1, 2, 3 }), Parameter.ValueInOut(Forever)));
        peer.Send(room.AsSpan(0, peer.Receive(room)));
        byte[] back = new byte[8];
        var receive = new Operation(Parameter.TempInput(handle), Parameter.TempOutput(back), Parameter.ValueInput(Forever));
        session.Invoke(SocketApp.CommandReceive, receive);

        Assert.Equal([1, 2, 3], back[..receive[1].Size]);
    }

    private static int CallsOf(Rtee.Up up)
    {
        using RemoteDevice device = RemoteDevice.Connect(up.Socket);
        return device.GetCalls().Count;
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private static byte[] Open(TeeSession session, Socket listener)
    {
        byte[] handle = new byte[SocketApp.HandleSize];
        session.Invoke(SocketApp.CommandTcpOpen, new Operation(
            Parameter.ValueInput(0, (uint)((IPEndPoint)listener.LocalEndPoint!).Port), Parameter.TempInput(Encoding.UTF8.GetBytes("127.0.0.1\0")),
            Parameter.TempOutput(handle), Parameter.ValueOutput()));
        return handle;
    }
}
