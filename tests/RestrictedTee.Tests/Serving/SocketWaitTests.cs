using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.Tests.Serving;

/// <summary>When one end of a connection polls.</summary>
public sealed class SocketWaitTests : IDisposable
{
    private const int Cores = 4;
    private readonly string _folder = Directory.CreateTempSubdirectory("rtee-wait").FullName;
    private readonly DescriptorSocket _near;
    private readonly DescriptorSocket _far;

    public SocketWaitTests()
    {
        string path = Path.Combine(_folder, "socket");
        using System.Net.Sockets.Socket listener = DescriptorSocket.Listen(path, backlog: 1);
        _near = DescriptorSocket.Connect(path);
        _far = DescriptorSocket.Adopt(listener.Accept());
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Where_each_core_is_needed_for_the_call_nobody_polls_for_its_answer()
    {
        var wait = new SocketWait(cores: 2);
        _far.TrySend([1]);

        Receive(wait);

        Assert.Equal(0, wait.PollCount);
    }

    [Fact]
    public void Who_is_heard_polls_again()
    {
        var wait = new SocketWait(Cores);
        for (int i = 0; i < 20; i++)
        {
            _far.TrySend([1]);
            Receive(wait);
        }

        Assert.True(wait.PollCount > 0);
    }

    [Fact]
    public void Who_is_not_heard_polls_less_and_less_often_and_who_is_heard_polls_each_time()
    {
        var bet = default(PollingBet);
        int polls = 0;
        for (int waits = 0; waits < 1000; waits++)
        {
            if (!bet.IsOn())
                continue;
            polls++;
            bet.Note(heard: false);
        }

        Assert.InRange(polls, 1000 / (PollingBet.MostSkipped + 1), 25);
        while (!bet.IsOn())
        {
        }

        bet.Note(heard: true);
        Assert.True(bet.IsOn());
    }

    [Fact]
    public void A_peer_that_has_gone_is_heard_at_once()
    {
        _far.Dispose();

        Assert.Equal(0, Receive(new SocketWait(Cores)).Length);
    }

    private Received Receive(SocketWait wait)
    {
        using var descriptors = new ReceivedDescriptors();
        return wait.Receive(_near, new byte[8], descriptors, allowed: 0);
    }
}
