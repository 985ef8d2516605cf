using System.Net;
using System.Net.Sockets;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Sockets;

/// <summary>Whose a socket is, and what becomes of it when its owner goes.</summary>
public sealed class SocketOwnershipTests : IDisposable
{
    private const uint Panic = 0x3200_0000; // an ioctl of no protocol
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly InProcessTee _tee = new();
    private readonly Socket _listener = SocketTests.Listen(IPAddress.Loopback);

    private ushort Port => SocketTests.PortOf(_listener);

    public void Dispose()
    {
        _listener.Dispose();
        _tee.Dispose();
    }

    [Fact]
    public void Invariant_4_a_handle_of_another_session_means_nothing()
    {
        using TeeContext context = _tee.OpenContext();
        using var owner = new SocketClient(context);
        using var other = new SocketClient(context);
        byte[] handle = owner.OpenTcp(Port);

        Assert.Equal((uint)TeecResult.BadParameters, other.Send(handle, [1], SocketClient.Forever, out _));
        Assert.Equal((uint)TeecResult.BadParameters, other.Close(handle));
        Assert.Equal(0u, owner.Send(handle, [1], SocketClient.Forever, out _));
    }

    [Fact]
    public void A_handle_of_another_session_of_the_same_instance_means_nothing_to_the_pseudo_ta()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession owner = context.OpenSession(TestTa.SocketRelay);
        using TeeSession other = context.OpenSession(TestTa.SocketRelay);
        var open = new Operation(Parameter.ValueInput(0, Port), Parameter.TempInput("127.0.0.1\0"u8.ToArray()), Parameter.ValueInput(0x65), Parameter.ValueOutput());
        owner.Invoke(SocketPta.CommandOpen, open);

        TeecResult theirs = other.TryInvoke(SocketPta.CommandClose, new Operation(Parameter.ValueInput(open[3].A)), out _);

        Assert.Equal((TeecResult.BadParameters, 1), (theirs, _tee.Supplicant.SocketCount));
        owner.Invoke(SocketPta.CommandClose, new Operation(Parameter.ValueInput(open[3].A)));
        Assert.Equal(0, _tee.Supplicant.SocketCount);
    }

    [Fact]
    public void A_ta_that_panics_leaves_no_socket_behind()
    {
        using TeeContext context = _tee.OpenContext();
        using var client = new SocketClient(context);
        byte[] handle = client.OpenTcp(Port);
        using Socket peer = _listener.Accept();
        client.OpenTcp(Port);

        Assert.Equal((uint)TeecResult.TargetDead, client.Ioctl(handle, Panic, new byte[4]));

        Assert.Equal((0, 0), (_tee.Supplicant.SocketCount, peer.Receive(new byte[1])));
    }

    [Fact]
    public void A_session_that_closes_closes_its_sockets()
    {
        using TeeContext context = _tee.OpenContext();
        using (var client = new SocketClient(context))
            client.OpenTcp(Port);

        Assert.Equal(0, _tee.Supplicant.SocketCount);
    }

    [Fact]
    public void An_instance_has_so_many_sockets_and_may_open_again_what_it_has_closed()
    {
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using TeeContext context = _tee.OpenContext();
        using var client = new SocketClient(context);
        byte[][] handles = [.. Enumerable.Range(0, SocketPta.SocketsPerInstance).Select(_ => client.OpenUdp(SocketTests.PortOf(peer)))];

        Assert.Equal(SocketApp.ErrorOutOfResources, client.TryOpen(SocketApp.CommandUdpOpen, "127.0.0.1", SocketTests.PortOf(peer), out _, out _));

        using (var other = new SocketClient(context))
            other.OpenUdp(SocketTests.PortOf(peer));
        Assert.Equal(0u, client.Close(handles[7]));
        client.OpenUdp(SocketTests.PortOf(peer));
        Assert.Equal(SocketPta.SocketsPerInstance, _tee.Supplicant.SocketCount);
    }

    [Fact]
    public async Task A_client_that_closes_its_session_ends_a_wait_that_its_ta_has_masked()
    {
        using TeeContext context = _tee.OpenContext();
        var client = new SocketClient(context);
        byte[] handle = client.OpenTcp(Port);
        using Socket peer = _listener.Accept();
        Task<uint> receive = Task.Run(() => client.Receive(handle, new byte[1], SocketClient.Forever, out _));
        Assert.True(SpinWait.SpinUntil(() => _tee.Host.Calls.Length > 0, Deadline));

        client.Dispose();

        Assert.Equal((uint)TeecResult.Communication, await receive.WaitAsync(Deadline));
        Assert.Equal(0, _tee.Supplicant.SocketCount);
    }

    [Fact]
    public async Task A_tee_that_ends_leaves_no_wait_and_no_socket()
    {
        var tee = new InProcessTee();
        TeeContext context = tee.OpenContext();
        var client = new SocketClient(context);
        byte[] handle = client.OpenTcp(Port);
        using Socket peer = _listener.Accept();
        Task<uint> receive = Task.Run(() => client.Receive(handle, new byte[1], SocketClient.Forever, out _));
        Assert.True(SpinWait.SpinUntil(() => tee.Host.Calls.Length > 0, Deadline));

        tee.Dispose();

        Assert.Equal((uint)TeecResult.Communication, await receive.WaitAsync(Deadline));
        Assert.Equal((0, 0), (tee.Supplicant.SocketCount, peer.Receive(new byte[1])));
    }
}
