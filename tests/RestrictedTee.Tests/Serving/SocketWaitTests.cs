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

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Packets_are_heard_in_order_and_so_is_the_end(int cores)
    {
        var wait = new SocketWait(cores);
        _far.TrySend([1]);
        _far.TrySend([2, 2]);
        _far.Dispose();

        Assert.Equal([1, 2, 0], [Receive(wait).Length, Receive(wait).Length, Receive(wait).Length]);
    }

    private Received Receive(SocketWait wait)
    {
        using var descriptors = new ReceivedDescriptors();
        return wait.Receive(_near, new byte[8], descriptors, allowed: 0);
    }
}
