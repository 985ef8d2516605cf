using System.Net;
using System.Net.Sockets;
using System.Text;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Supplicant.Sockets;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Sockets;

/// <summary>Invariants 7 and 9, for hosts that do not answer and names that nobody finds: whoever waits for them can leave.</summary>
public sealed class SlowOpeningTests : IDisposable
{
    private const uint Udp = 0x66, Tcp = 0x65;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly ManualResetEventSlim _found = new();
    private readonly InProcessTee _tee = new();
    private readonly SocketTable _sockets = new();
    private readonly HostAddresses _hosts;
    private readonly SocketRequests _requests;
    private readonly TeeDevice _supplicant;
    private readonly TeeContext _context;
    private int _lookUps;

    public SlowOpeningTests()
    {
        _hosts = new HostAddresses((_, _) =>
        {
            Interlocked.Increment(ref _lookUps);
            _found.Wait();
            return [IPAddress.Loopback];
        });
        _requests = new SocketRequests(_sockets, _hosts);
        _context = _tee.OpenContext();
        using (_context.OpenSession(TestTa.SocketRelay))
            _tee.Supplicant.Dispose();
        _supplicant = new TeeDevice(_tee.Host, ClientIdentity.Self, privileged: true);
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public void Dispose()
    {
        _found.Set();
        _context.Dispose();
        _tee.AssertStillServes();
        _tee.Dispose();
        _supplicant.Dispose();
        _sockets.Dispose();
    }

    [Fact]
    public async Task An_open_that_waits_for_a_name_ends_when_it_is_cancelled_and_leaves_nothing_open()
    {
        using TeeSession session = _context.OpenSession(TestTa.SocketRelay);
        Operation open = Open("slow.example", Udp);
        Task<TeecResult> result = Task.Run(() => session.TryInvoke(SocketPta.CommandOpen, open, out _));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _lookUps) == 1, Deadline));

        open.RequestCancellation();

        Assert.Equal(TeecResult.Cancel, await result.WaitAsync(Deadline));
        Assert.Equal(0, _sockets.Count);
    }

    [Fact]
    public async Task An_open_that_waits_for_a_host_ends_when_it_is_cancelled_and_leaves_nothing_open()
    {
        using Socket full = Silent(out List<Socket> queue);
        using TeeSession session = _context.OpenSession(TestTa.SocketRelay);
        Operation open = Open("127.0.0.1", Tcp, SocketTests.PortOf(full));
        Task<TeecResult> result = Task.Run(() => session.TryInvoke(SocketPta.CommandOpen, open, out _));
        Assert.True(SpinWait.SpinUntil(() => _sockets.Count == 1, Deadline));

        open.RequestCancellation();

        Assert.Equal(TeecResult.Cancel, await result.WaitAsync(Deadline));
        Assert.Equal(0, _sockets.Count);
        queue.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_client_that_closes_its_session_ends_an_open_that_waits()
    {
        TeeSession session = _context.OpenSession(SocketApp.Uuid);
        var client = Task.Run(() => session.TryInvoke(SocketApp.CommandUdpOpen, new Operation(
            Parameter.ValueInput(0, 9), Parameter.TempInput("slow.example\0"u8.ToArray()), Parameter.TempOutput(new byte[SocketApp.HandleSize]), Parameter.ValueOutput()), out _));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _lookUps) == 1, Deadline));

        session.Dispose();

        Assert.Equal(TeecResult.Communication, await client.WaitAsync(Deadline));
        Assert.Equal(0, _sockets.Count);
    }

    [Fact]
    public async Task An_open_goes_on_when_the_name_has_been_found()
    {
        using TeeSession session = _context.OpenSession(TestTa.SocketRelay);
        Operation open = Open("slow.example", Udp);
        Task<TeecResult> result = Task.Run(() => session.TryInvoke(SocketPta.CommandOpen, open, out _));
        Assert.NotSame(result, await Task.WhenAny(result, Task.Delay(250)));

        _found.Set();

        Assert.Equal(TeecResult.Success, await result.WaitAsync(Deadline));
        Assert.Equal(1, _sockets.Count);
    }

    [Fact]
    public async Task A_datagram_socket_that_is_to_lead_to_a_name_waits_in_slices_too()
    {
        using TeeSession session = _context.OpenSession(TestTa.SocketRelay);
        Operation open = Open("127.0.0.1", Udp);
        session.Invoke(SocketPta.CommandOpen, open);
        Operation ChangeAddress() => new(Parameter.ValueInput(open[3].A, 0x6600_0001), Parameter.TempInOut("slow.example\0"u8.ToArray()));
        Operation first = ChangeAddress();
        Task<TeecResult> result = Task.Run(() => session.TryInvoke(SocketPta.CommandIoctl, first, out _));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _lookUps) == 1, Deadline));

        first.RequestCancellation();

        Assert.Equal(TeecResult.Cancel, await result.WaitAsync(Deadline));
        _found.Set();
        Assert.Equal((TeecResult.Success, 1), (session.TryInvoke(SocketPta.CommandIoctl, ChangeAddress(), out _), _lookUps));
    }

    [Fact]
    public async Task Look_ups_that_were_left_behind_are_so_many_and_another_client_has_its_own()
    {
        byte[] name = "slow.example\0"u8.ToArray();
        Task<IPAddress[]?>[] begun = [.. Enumerable.Range(0, HostAddresses.Limit).Select(_ => _hosts.Find(1, name, AddressFamily.Unspecified)).Where(task => !task.IsCompleted)];

        Assert.Equal(HostAddresses.Limit / 2, begun.Length);
        Assert.False(_hosts.Find(2, name, AddressFamily.Unspecified).IsCompleted);
        _found.Set();
        await Task.WhenAll(begun).WaitAsync(Deadline);
        Assert.NotNull(await _hosts.Find(1, name, AddressFamily.Unspecified).WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_look_up_that_fails_in_a_way_that_nobody_knows_of_is_that_of_no_host()
    {
        var hosts = new HostAddresses((_, _) => throw new InvalidOperationException("wild"));

        for (int i = 0; i <= HostAddresses.Limit; i++)
            Assert.Empty((await hosts.Find(1, "wild.example\0"u8, AddressFamily.Unspecified).WaitAsync(Deadline))!);
    }

    private static Operation Open(string host, uint protocol, ushort port = 9) => new(
        Parameter.ValueInput(0, port), Parameter.TempInput(Encoding.UTF8.GetBytes(host + "\0")), Parameter.ValueInput(protocol), Parameter.ValueOutput());

    /// <summary>A listener whose queue is full: the system drops who else wants to connect (tcp_conn_request in net/ipv4/tcp_input.c).</summary>
    private static Socket Silent(out List<Socket> queue)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        queue = [];
        for (int i = 0; i < 4; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            queue.Add(socket);
            try
            {
                socket.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // On its way, or in vain.
            }
        }

        return listener;
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                SupplicantRequest request = _supplicant.ReceiveRequest();
                TeeIoctlParam[] answer = [.. request.Parameters];
                TeecResult result = request.Function == (uint)OpteeRpcCommand.Socket ? _requests.Serve(request, answer) : TeecResult.NotSupported;
                try
                {
                    _supplicant.SendResponse(result, answer);
                }
                catch (TeeDriverException)
                {
                    _requests.TakeBack(result, answer);
                }
            }
        }
        catch (TeeDriverException)
        {
            // The end of the test.
        }
    }
}
