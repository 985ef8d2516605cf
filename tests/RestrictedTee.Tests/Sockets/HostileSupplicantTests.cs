using System.Collections.Concurrent;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Sockets;

/// <summary>Invariant 2, for what a supplicant answers when it is asked for sockets.</summary>
public sealed class HostileSupplicantTests : IDisposable
{
    private readonly InProcessTee _tee = new();
    private readonly ConcurrentQueue<(OpteeRpcSocketCommand Command, ulong Id)> _asked = new();
    private readonly TeeContext _context;
    private readonly SocketClient _client;
    private readonly TeeDevice _device;
    private volatile Func<OpteeRpcSocketCommand, TeeIoctlParam[], TeecResult> _answer = (_, _) => TeecResult.Success;

    public HostileSupplicantTests()
    {
        _context = _tee.OpenContext();
        _client = new SocketClient(_context);
        using (_context.OpenSession(TestTa.SocketRelay))
            _tee.Supplicant.Dispose();
        _device = new TeeDevice(_tee.Host, ClientIdentity.Self, privileged: true);
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public void Dispose()
    {
        _answer = (_, _) => TeecResult.Success;
        _client.Dispose();
        _context.Dispose();
        _tee.AssertStillServes();
        _tee.Dispose();
        _device.Dispose();
    }

    [Theory]
    [InlineData(1UL << 32, (uint)TeecResult.BadFormat)]
    [InlineData(ulong.MaxValue, (uint)TeecResult.BadFormat)]
    [InlineData(uint.MaxValue, 0u)]
    public void A_handle_has_32_bits(ulong handle, uint expected)
    {
        _answer = (command, parameters) => command == OpteeRpcSocketCommand.Open ? Set(TeecResult.Success, () => parameters[3].A = handle) : TeecResult.Success;

        Assert.Equal(expected, _client.TryOpen(SocketApp.CommandTcpOpen, "host", 1, out _, out _));
    }

    [Theory]
    [InlineData(5UL)]
    [InlineData(ulong.MaxValue)]
    public void No_more_is_sent_than_there_was(ulong sent)
    {
        byte[] handle = _client.OpenTcp(1);
        _answer = (_, parameters) => Set(TeecResult.Success, () => parameters[2].B = sent);

        Assert.Equal(((uint)TeecResult.BadFormat, 0), (_client.Send(handle, new byte[4], SocketClient.Forever, out int told), told));
    }

    [Theory]
    [InlineData(5UL, true, (uint)TeecResult.BadFormat)]
    [InlineData(ulong.MaxValue, true, (uint)TeecResult.BadFormat)]
    [InlineData(5UL, false, 0u)]
    [InlineData(1UL << 31, false, (uint)TeecResult.BadFormat)]
    [InlineData(ulong.MaxValue, false, (uint)TeecResult.BadFormat)]
    public void No_more_is_received_than_there_was_room_for_but_of_a_datagram(ulong size, bool isStream, uint expected)
    {
        byte[] handle = isStream ? _client.OpenTcp(1) : _client.OpenUdp(1), room = new byte[4];
        _answer = (_, parameters) => Set(TeecResult.Success, () => parameters[1].B = size);

        Assert.Equal(expected, _client.Receive(handle, room, SocketClient.Forever, out int told));

        Assert.Equal(expected == 0 ? 5 : 4, told);
    }

    [Theory]
    [InlineData((uint)TeecResult.TargetDead)]
    [InlineData((uint)TeecResult.Cancel)]
    [InlineData((uint)TeecResult.AccessDenied)]
    [InlineData(0x1234u)]
    [InlineData(uint.MaxValue)]
    public void A_result_that_no_socket_has_is_a_generic_error(uint result)
    {
        byte[] handle = _client.OpenTcp(1);
        _answer = (_, _) => (TeecResult)result;

        Assert.Equal((uint)TeecResult.Generic, _client.Send(handle, new byte[4], SocketClient.Forever, out _));
        Assert.Equal((uint)TeecResult.Generic, _client.Receive(handle, new byte[4], SocketClient.Forever, out _));
        Assert.Equal((uint)TeecResult.Generic, _client.TryOpen(SocketApp.CommandTcpOpen, "host", 1, out _, out _));
    }

    [Fact]
    public void Sockets_that_could_not_be_closed_are_closed_with_the_next_session()
    {
        _client.OpenTcp(1);
        ulong id = Assert.Single(_asked).Id;
        _answer = (command, _) => command == OpteeRpcSocketCommand.CloseAll ? TeecResult.Communication : TeecResult.Success;
        _client.Dispose();
        _answer = (_, _) => TeecResult.Success;
        _asked.Clear();

        using var next = new SocketClient(_context);
        next.OpenTcp(1);

        Assert.Equal([(OpteeRpcSocketCommand.CloseAll, id), (OpteeRpcSocketCommand.Open, id + 1)], _asked);
    }

    /// <summary>As it is when the client for whom it was opened has been killed, in a session that the TA keeps.</summary>
    [Fact]
    public void An_opening_that_nobody_could_be_asked_after_or_told_to_end_is_ended_before_the_next()
    {
        bool isReached = false;
        _answer = (command, parameters) => command == OpteeRpcSocketCommand.Open
            ? Set(TeecResult.Success, () => (parameters[3].A, parameters[3].B) = (5, isReached ? 0 : OpteeRpcSocket.OpenUnderWay))
            : isReached ? TeecResult.Success : TeecResult.Communication;
        using TeeSession session = _context.OpenSession(TestTa.SocketRelay);
        Operation Open() => new(Parameter.ValueInput(0, 9), Parameter.TempInput("host\0"u8.ToArray()), Parameter.ValueInput(OpteeRpcSocket.ProtocolUdp), Parameter.ValueOutput());

        Assert.Equal(TeecResult.Communication, session.TryInvoke(SocketPta.CommandOpen, Open(), out _));
        isReached = true;
        Assert.Equal(TeecResult.Success, session.TryInvoke(SocketPta.CommandOpen, Open(), out _));

        Assert.Equal(
            [OpteeRpcSocketCommand.Open, OpteeRpcSocketCommand.AwaitOpen, OpteeRpcSocketCommand.Close, OpteeRpcSocketCommand.Close, OpteeRpcSocketCommand.Open],
            _asked.Select(asked => asked.Command));
    }

    [Fact]
    public void A_socket_that_could_not_be_closed_counts_until_it_is()
    {
        _answer = (command, _) => command == OpteeRpcSocketCommand.Close ? TeecResult.Communication : TeecResult.Success;
        using TeeSession session = _context.OpenSession(TestTa.SocketRelay);
        int opened = 0;
        TeecResult result;
        while ((result = Open(out uint handle)) == TeecResult.Success && opened < 2 * SocketPta.SocketsPerInstance)
        {
            opened++;
            Assert.Equal(TeecResult.Communication, session.TryInvoke(SocketPta.CommandClose, new Operation(Parameter.ValueInput(handle)), out _));
        }

        Assert.Equal((SocketPta.SocketsPerInstance, (TeecResult)OpteeRpcSocket.ErrorOutOfResources), (opened, result));
        _answer = (_, _) => TeecResult.Success;
        Assert.Equal(TeecResult.Success, Open(out _));

        TeecResult Open(out uint handle)
        {
            var open = new Operation(Parameter.ValueInput(0, 9), Parameter.TempInput("host\0"u8.ToArray()), Parameter.ValueInput(OpteeRpcSocket.ProtocolUdp), Parameter.ValueOutput());
            TeecResult answer = session.TryInvoke(SocketPta.CommandOpen, open, out _);
            handle = open[3].A;
            return answer;
        }
    }

    [Fact]
    public void A_long_wait_is_asked_for_in_slices_with_what_is_left_of_it()
    {
        byte[] handle = _client.OpenTcp(1);
        ConcurrentQueue<ulong> timeouts = new();
        _answer = (_, parameters) =>
        {
            timeouts.Enqueue(parameters[2].A);
            return timeouts.Count == 3 ? Set(TeecResult.Success, () => parameters[1].B = 1) : (TeecResult)SocketApp.ErrorTimeout;
        };

        Assert.Equal(0u, _client.Receive(handle, new byte[4], SocketClient.Forever, out _));

        Assert.Equal([100UL, 100UL, 100UL], timeouts);
    }

    private static TeecResult Set(TeecResult result, Action set)
    {
        set();
        return result;
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                SupplicantRequest request = _device.ReceiveRequest();
                TeeIoctlParam[] parameters = [.. request.Parameters];
                if (request.Function != (uint)OpteeRpcCommand.Socket)
                {
                    _device.SendResponse(TeecResult.NotSupported, parameters);
                    continue;
                }

                var command = (OpteeRpcSocketCommand)parameters[0].A;
                _asked.Enqueue((command, parameters[0].B));
                _device.SendResponse(_answer(command, parameters), parameters);
            }
        }
        catch (TeeDriverException)
        {
            // The end of the test.
        }
    }
}
