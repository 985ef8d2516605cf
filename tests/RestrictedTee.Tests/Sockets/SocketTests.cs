using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Sockets;

/// <summary>What a client of a TA with sockets sees of the network.</summary>
public sealed class SocketTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Milliseconds by which the clock that time-outs are measured with is behind at most (CLOCK_MONOTONIC_COARSE at 100 Hz).</summary>
    private const long ClockStep = 10;

    private readonly InProcessTee _tee = new();
    private readonly TeeContext _context;
    private readonly SocketClient _client;
    private readonly Socket _listener = Listen(IPAddress.Loopback);

    public SocketTests()
    {
        _context = _tee.OpenContext();
        _client = new SocketClient(_context);
    }

    private ushort Port => PortOf(_listener);

    public void Dispose()
    {
        _listener.Dispose();
        _client.Dispose();
        _context.Dispose();
        _tee.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1", SocketClient.Any)]
    [InlineData("localhost", SocketClient.Version4)]
    [InlineData("0.0.0.0", SocketClient.Any)]
    [InlineData("::1", SocketClient.Version6)]
    [InlineData("::", SocketClient.Any)]
    public void A_stream_goes_both_ways_over_either_version_of_ip(string host, uint version)
    {
        bool isVersion6 = host.Contains(':', StringComparison.Ordinal);
        if (isVersion6 && !HasVersion6())
            return;
        using Socket listener = Listen(isVersion6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
        Assert.Equal(0u, _client.TryOpen(SocketApp.CommandTcpOpen, host, PortOf(listener), out byte[] handle, out _, version));
        using Socket peer = listener.Accept();
        byte[] there = new byte[5], back = new byte[8];

        Assert.Equal((0u, 5), (_client.Send(handle, [1, 2, 3, 4, 5], SocketClient.Forever, out int sent), sent));
        Assert.Equal(5, peer.Receive(there));
        peer.Send([6, 7, 8]);
        Assert.Equal((0u, 3), (_client.Receive(handle, back, SocketClient.Forever, out int size), size));

        Assert.Equal([1, 2, 3, 4, 5], there);
        Assert.Equal([6, 7, 8, 0, 0, 0, 0, 0], back);
    }

    [Fact]
    public void Without_room_it_is_told_how_much_waits_and_nothing_is_taken()
    {
        byte[] handle = _client.OpenTcp(Port);
        using Socket peer = _listener.Accept();
        Assert.Equal((0u, 0), (_client.Receive(handle, [], SocketClient.Forever, out int before), before));
        peer.Send([1, 2, 3]);
        byte[] room = new byte[3];

        int waiting = 0;
        Assert.True(SpinWait.SpinUntil(() => _client.Receive(handle, [], SocketClient.Forever, out waiting) == 0 && waiting > 0, Deadline));

        Assert.Equal((3, 0u), (waiting, _client.Receive(handle, room, SocketClient.Forever, out _)));
        Assert.Equal([1, 2, 3], room);
    }

    [Fact]
    public void What_a_stream_has_room_for_is_sent_and_told_to_the_byte()
    {
        byte[] handle = _client.OpenTcp(Port), data = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i % 251))];
        using Socket peer = _listener.Accept();
        var got = new List<byte>();
        long total = 0;
        uint result;
        while ((result = _client.Send(handle, data[(int)(total % data.Length)..], 0, out int sent)) == 0)
            total += sent;
        Assert.Equal(SocketApp.ErrorTimeout, result);
        _client.Close(handle);

        byte[] buffer = new byte[1 << 16];
        while (peer.Receive(buffer) is var count and > 0)
            got.AddRange(buffer.AsSpan(0, count));

        Assert.Equal(total, got.Count);
        Assert.True(got.Select((b, i) => b == data[i % data.Length]).All(same => same));
    }

    [Fact]
    public void The_end_of_a_stream_is_told_when_all_of_it_has_been_received()
    {
        byte[] handle = _client.OpenTcp(Port), room = new byte[8];
        Socket peer = _listener.Accept();
        peer.Send([1, 2]);
        peer.Dispose();

        Assert.Equal((0u, 2), (_client.Receive(handle, room, SocketClient.Forever, out int size), size));
        Assert.Equal(SocketApp.ErrorRemoteClosed, _client.Receive(handle, room, SocketClient.Forever, out _));
    }

    [Fact]
    public void A_peer_that_hangs_up_hard_has_closed_for_sender_and_receiver()
    {
        byte[] sending = _client.OpenTcp(Port);
        Reset(_listener.Accept());
        byte[] receiving = _client.OpenTcp(Port);
        Reset(_listener.Accept());

        Assert.Equal(SocketApp.ErrorRemoteClosed, _client.Receive(receiving, new byte[8], SocketClient.Forever, out _));
        Assert.Equal(SocketApp.ErrorRemoteClosed, _client.Send(sending, [1], SocketClient.Forever, out _));
    }

    [Fact]
    public void Where_nobody_listens_there_is_no_way()
    {
        ushort port = Port;
        _listener.Dispose();

        Assert.Equal(((uint)TeecResult.Communication, 0u), (_client.TryOpen(SocketApp.CommandTcpOpen, "127.0.0.1", port, out _, out uint protocolError), protocolError));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no host has this name")]
    [InlineData("127.0.0.1", SocketClient.Version6)]
    [InlineData("::1", SocketClient.Version4)]
    public void A_name_that_is_none_of_a_host_is_an_error_of_the_protocol(string host, uint version = SocketClient.Any)
    {
        uint result = _client.TryOpen(SocketApp.CommandTcpOpen, host, Port, out _, out uint protocolError, version);

        Assert.Equal((SocketApp.ErrorProtocol, SocketApp.ErrorHostName), (result, protocolError));
    }

    [Fact]
    public void A_version_of_ip_that_is_none_is_a_bad_parameter() =>
        Assert.Equal((uint)TeecResult.BadParameters, _client.TryOpen(SocketApp.CommandTcpOpen, "127.0.0.1", Port, out _, out _, version: 3));

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(250u)]
    public void A_receive_waits_as_long_as_it_is_told(uint timeout)
    {
        byte[] handle = _client.OpenTcp(Port);
        var watch = Stopwatch.StartNew();

        Assert.Equal(SocketApp.ErrorTimeout, _client.Receive(handle, new byte[1], timeout, out _));

        Assert.True(watch.ElapsedMilliseconds >= timeout - ClockStep, $"{watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task A_receive_outlasts_many_slices_when_it_may()
    {
        byte[] handle = _client.OpenTcp(Port), room = new byte[1];
        using Socket peer = _listener.Accept();

        Task<uint> receive = Task.Run(() => _client.Receive(handle, room, SocketClient.Forever, out _));
        Assert.NotSame(receive, await Task.WhenAny(receive, Task.Delay(350)));
        peer.Send([9]);

        Assert.Equal(0u, await receive.WaitAsync(Deadline));
        Assert.Equal(9, room[0]);
    }

    [Fact]
    public void Of_a_datagram_that_is_too_large_the_first_bytes_come_and_the_size_tells()
    {
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] handle = _client.OpenUdp(PortOf(peer)), room = new byte[2], rest = new byte[4];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        _client.Send(handle, [1], SocketClient.Forever, out _);
        peer.ReceiveFrom(new byte[1], ref from);

        peer.SendTo(new byte[] { 1, 2, 3, 4, 5 }, from);
        peer.SendTo(new byte[] { 6, 7, 8 }, from);

        Assert.Equal((0u, 5), (_client.Receive(handle, room, SocketClient.Forever, out int size), size));
        Assert.Equal((0u, 3), (_client.Receive(handle, rest, SocketClient.Forever, out int next), next));
        Assert.Equal([1, 2, 6, 7, 8, 0], [.. room, .. rest]);
    }

    [Theory]
    [InlineData(65_508)]
    [InlineData(100_000)]
    public void No_datagram_is_larger_than_its_protocol_has_it(int size)
    {
        byte[] handle = _client.OpenUdp(9);

        Assert.Equal(SocketApp.ErrorLargeBuffer, _client.Send(handle, new byte[size], SocketClient.Forever, out _));
    }

    [Fact]
    public void A_datagram_to_nobody_comes_back_as_an_error_and_the_wait_ends()
    {
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] handle = _client.OpenUdp(PortOf(peer));
        peer.Dispose();
        _client.Send(handle, [1], SocketClient.Forever, out _);

        Assert.Equal((uint)TeecResult.Communication, _client.Receive(handle, new byte[1], SocketClient.Forever, out _));
    }

    private static bool HasVersion6()
    {
        try
        {
            Listen(IPAddress.IPv6Loopback).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    internal static Socket Listen(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();
        return socket;
    }

    internal static ushort PortOf(Socket socket) => (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }
}
