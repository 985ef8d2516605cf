using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Serving;

/// <summary>What one end of a connection waits for.</summary>
public sealed class SocketWaitTests : IDisposable
{
    private readonly SocketPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Packets_are_heard_in_order_and_so_is_the_end(int cores)
    {
        var wait = new SocketWait(cores);
        _pair.Far.TrySend([1]);
        _pair.Far.TrySend([2, 2]);
        _pair.Far.Dispose();

        Assert.Equal([1, 2, 0], [Receive(wait).Length, Receive(wait).Length, Receive(wait).Length]);
    }

    private Received Receive(SocketWait wait)
    {
        using var descriptors = new ReceivedDescriptors();
        return wait.Receive(_pair.Near, new byte[8], descriptors, allowed: 0);
    }
}
