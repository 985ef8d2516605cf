using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.Tests.Serving;

/// <summary>What one end of a connection waits for.</summary>
public sealed class SocketWaitTests : IDisposable
{
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
    public void A_peer_that_has_gone_is_heard_at_once()
    {
        _far.Dispose();

        Assert.Equal(0, Receive(new SocketWait()).Length);
    }

    private Received Receive(SocketWait wait)
    {
        using var descriptors = new ReceivedDescriptors();
        return wait.Receive(_near, new byte[8], descriptors, allowed: 0);
    }
}
