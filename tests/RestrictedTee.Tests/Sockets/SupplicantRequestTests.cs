using System.Net;
using System.Net.Sockets;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Supplicant;
using RestrictedTee.NormalWorld.Supplicant.Sockets;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Sockets;

/// <summary>What the supplicant takes of whoever asks for sockets.</summary>
public sealed class SupplicantRequestTests : IDisposable
{
    private const uint ValueIn = 1, ValueOut = 2, ValueInOut = 3, MemoryIn = 5, MemoryOut = 6, MemoryInOut = 7;

    private readonly SocketTable _sockets = new();
    private readonly SocketRequests _requests;
    private readonly RamBank _bank = RamBank.Create(PhysicalRange.Create(new PhysicalAddress(0x4000_0000), 4096), "sockets");
    private readonly ShmBlock _block;
    private readonly Socket _listener = SocketTests.Listen(IPAddress.Loopback);

    public SupplicantRequestTests()
    {
        _requests = new SocketRequests(_sockets, new HostAddresses());
        _block = new ShmBlock(_bank, 0, 4096, () => { });
    }

    public void Dispose()
    {
        _listener.Dispose();
        _sockets.Dispose();
        _block.Dispose();
        _bank.Dispose();
    }

    [Theory]
    [InlineData(OpteeRpcSocketCommand.Open, ValueIn, ValueIn, MemoryIn)]
    [InlineData(OpteeRpcSocketCommand.Open, ValueIn, ValueIn, MemoryOut, ValueOut)]
    [InlineData(OpteeRpcSocketCommand.Close, ValueOut)]
    [InlineData(OpteeRpcSocketCommand.Close, ValueIn, ValueIn)]
    [InlineData(OpteeRpcSocketCommand.CloseAll, ValueIn, ValueIn)]
    [InlineData(OpteeRpcSocketCommand.Send, ValueIn, MemoryIn, ValueIn)]
    [InlineData(OpteeRpcSocketCommand.Send, ValueIn, MemoryIn)]
    [InlineData(OpteeRpcSocketCommand.Receive, ValueIn, MemoryIn, ValueIn)]
    [InlineData(OpteeRpcSocketCommand.Receive, ValueIn, MemoryOut, ValueInOut)]
    [InlineData(OpteeRpcSocketCommand.Ioctl, ValueIn, MemoryOut, ValueIn)]
    [InlineData(OpteeRpcSocketCommand.AwaitOpen, ValueIn, ValueIn)]
    [InlineData((OpteeRpcSocketCommand)6, ValueIn)]
    [InlineData((OpteeRpcSocketCommand)uint.MaxValue, ValueIn)]
    public void A_shape_that_is_none_of_the_commands_is_refused(OpteeRpcSocketCommand command, params uint[] shape) =>
        Assert.Equal(TeecResult.BadParameters, Serve(command, shape, out _));

    [Theory]
    [InlineData(OpteeRpcSocketCommand.Close, ValueIn)]
    [InlineData(OpteeRpcSocketCommand.Send, ValueIn, MemoryIn, ValueInOut)]
    [InlineData(OpteeRpcSocketCommand.Receive, ValueIn, MemoryOut, ValueIn)]
    [InlineData(OpteeRpcSocketCommand.Ioctl, ValueIn, MemoryInOut, ValueIn)]
    [InlineData(OpteeRpcSocketCommand.AwaitOpen, ValueIn, ValueInOut)]
    public void A_handle_of_none_is_refused(OpteeRpcSocketCommand command, params uint[] shape) =>
        Assert.Equal(TeecResult.BadParameters, Serve(command, shape, out _));

    [Fact]
    public void A_request_without_parameters_is_refused() =>
        Assert.Equal(TeecResult.BadParameters, _requests.Serve(new SupplicantRequest((uint)OpteeRpcCommand.Socket, [], []), []));

    [Fact]
    public void A_socket_that_nobody_has_heard_of_is_closed()
    {
        Assert.Equal(TeecResult.Success, Open(id: 7, out TeeIoctlParam[] answer));
        Assert.Equal(1, _sockets.Count);

        _requests.TakeBack(TeecResult.Success, answer);

        Assert.Equal(0, _sockets.Count);
    }

    [Fact]
    public void All_of_one_id_are_closed_and_none_of_another()
    {
        Open(id: 7, out _);
        Open(id: 7, out _);
        Open(id: 8, out _);

        Assert.Equal(TeecResult.Success, Serve(OpteeRpcSocketCommand.CloseAll, [ValueIn], out _, id: 7));

        Assert.Equal(1, _sockets.Count);
    }

    [Fact]
    public void No_client_can_have_all_sockets_whatever_ids_it_comes_with_and_what_it_closes_it_may_open_again()
    {
        for (int i = 0; i < SocketTable.Limit / 2; i++)
            Assert.Equal(TeecResult.Success, Open(id: (ulong)i % 5, out _, OpteeRpcSocket.ProtocolUdp));

        Assert.Equal((TeecResult)OpteeRpcSocket.ErrorOutOfResources, Open(id: 9, out _, OpteeRpcSocket.ProtocolUdp));
        using (CallingClient.As(4711))
            Assert.Equal(TeecResult.Success, Open(id: 10, out _, OpteeRpcSocket.ProtocolUdp));
        Serve(OpteeRpcSocketCommand.CloseAll, [ValueIn], out _, id: 3);
        Assert.Equal(TeecResult.Success, Open(id: 9, out _, OpteeRpcSocket.ProtocolUdp));
    }

    [Fact]
    public void An_opening_that_does_not_begin_takes_no_share()
    {
        using var sockets = new SocketTable();

        for (int i = 0; i < SocketTable.Limit; i++)
            Assert.Throws<InvalidOperationException>(() => sockets.TryOpen(1, 1, () => throw new InvalidOperationException("wild"), out _));

        Assert.NotNull(sockets.TryOpen(1, 1, () => new SocketOpening(Task.FromResult<IPAddress[]?>([]), 1, isStream: false), out _));
    }

    [Fact]
    public void However_many_clients_take_what_they_can_something_is_left_for_the_next()
    {
        var shares = new FairShares(SocketTable.Limit);
        for (int client = 1; client <= SocketTable.Limit; client++)
            Assert.True(shares.TryTake(client));
        Assert.False(shares.TryTake(1));

        var some = new FairShares(SocketTable.Limit);
        int[] taken = [.. Enumerable.Range(1, 3).Select(client => Enumerable.Range(0, SocketTable.Limit).Count(_ => some.TryTake(client)))];

        Assert.Equal([128, 64, 32], taken);
        Assert.True(some.TryTake(4));
    }

    [Fact]
    public void A_request_that_is_given_up_while_it_waits_ends()
    {
        Open(id: 7, out TeeIoctlParam[] opened);
        var parameters = Parameters(OpteeRpcSocketCommand.Receive, [ValueIn, MemoryOut, ValueIn], 7, opened[3].A);
        parameters[2].A = OpteeRpcSocket.TimeoutBlocking;
        SupplicantRequest request = Request(parameters);
        request.Result = TeecResult.Communication;

        Assert.Equal(TeecResult.Communication, _requests.Serve(request, [.. parameters]));
    }

    [Fact]
    public void Threads_for_requests_are_used_again_and_are_not_without_end()
    {
        var threads = new RequestThreads();
        using var gate = new ManualResetEventSlim();
        using var served = new CountdownEvent(RequestThreads.Limit);
        for (int i = 0; i < RequestThreads.Limit; i++)
        {
            Assert.True(threads.TryRun(() =>
            {
                gate.Wait();
                served.Signal();
            }));
        }

        Assert.False(threads.TryRun(() => { }));
        gate.Set();
        Assert.True(served.Wait(TimeSpan.FromSeconds(20)));

        Assert.True(SpinWait.SpinUntil(() => threads.TryRun(() => { }), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void What_a_request_throws_is_nothing_to_the_next()
    {
        var threads = new RequestThreads();
        using var served = new ManualResetEventSlim();

        Assert.True(threads.TryRun(() => throw new InvalidOperationException("wild")));
        Assert.True(threads.TryRun(served.Set));

        Assert.True(served.Wait(TimeSpan.FromSeconds(20)));
    }

    /// <summary>A wait of sockets is short enough to be overlooked from outside, so who waits where is said here.</summary>
    [Theory]
    [InlineData(OpteeRpcSocketCommand.Open, true)]
    [InlineData(OpteeRpcSocketCommand.Send, true)]
    [InlineData(OpteeRpcSocketCommand.Receive, true)]
    [InlineData(OpteeRpcSocketCommand.Ioctl, true)]
    [InlineData(OpteeRpcSocketCommand.AwaitOpen, true)]
    [InlineData(OpteeRpcSocketCommand.Close, false)]
    [InlineData(OpteeRpcSocketCommand.CloseAll, false)]
    public void What_may_wait_for_the_network_has_a_thread_of_its_own(OpteeRpcSocketCommand command, bool expected) =>
        Assert.Equal(expected, SocketRequests.MayWait(Request(Parameters(command, [ValueIn], id: 1, handle: 1))));

    private TeecResult Open(ulong id, out TeeIoctlParam[] answer, uint protocol = OpteeRpcSocket.ProtocolTcp)
    {
        "127.0.0.1\0"u8.CopyTo(_block.Span);
        TeeIoctlParam[] parameters = Parameters(OpteeRpcSocketCommand.Open, [ValueIn, ValueIn, MemoryIn, ValueOut], id, handle: 0);
        (parameters[1].A, parameters[1].B, parameters[2].B) = (SocketTests.PortOf(_listener), protocol, 10);
        answer = [.. parameters];
        return _requests.Serve(Request(parameters), answer);
    }

    private TeecResult Serve(OpteeRpcSocketCommand command, uint[] shape, out TeeIoctlParam[] answer, ulong id = 1)
    {
        TeeIoctlParam[] parameters = Parameters(command, shape, id, handle: 1);
        answer = [.. parameters];
        return _requests.Serve(Request(parameters), answer);
    }

    private static TeeIoctlParam[] Parameters(OpteeRpcSocketCommand command, uint[] shape, ulong id, ulong handle)
    {
        TeeIoctlParam[] parameters = [.. shape.Select(type => new TeeIoctlParam { Attr = type, B = type >= MemoryIn ? 16u : 0 })];
        (parameters[0].A, parameters[0].B, parameters[0].C) = ((ulong)command, id, handle);
        return parameters;
    }

    private SupplicantRequest Request(TeeIoctlParam[] parameters) =>
        new((uint)OpteeRpcCommand.Socket, parameters, [.. parameters.Select(parameter => parameter.IsMemref ? _block : null)]);
}
