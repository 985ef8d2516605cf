using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Serving;

/// <summary>The steady path over the socket allocates nothing, on either end.</summary>
public sealed class ServedCallTests : IDisposable
{
    private const int Few = 50, Many = 500, SmallestObject = 24;
    private readonly ServedTee _served = new();

    public void Dispose() => _served.Dispose();

    [Fact]
    public void A_call_allocates_nothing_at_the_client()
    {
        using TeeContext client = _served.Connect();
        using TeeSession session = client.OpenSession(HelloWorld.Uuid);
        session.Invoke(HelloWorld.CommandNothing);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Many; i++)
            session.TryInvoke(HelloWorld.CommandNothing, null, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_request_allocates_nothing_at_the_server()
    {
        AllocatedByConnectionOf(Few); // whatever is made once for all

        // What a connection makes once differs with what runs beside it; one object a request would be more than this.
        Assert.InRange(AllocatedByConnectionOf(Many) - AllocatedByConnectionOf(Few), long.MinValue, (Many - Few) * SmallestObject);
    }

    /// <summary>
    /// What the thread of a connection allocates in its life, in which it serves so many requests. What a call of the driver costs is
    /// not the server's, and conduits in memory are not those in pipes.
    /// </summary>
    private long AllocatedByConnectionOf(int calls)
    {
        string path = Path.Combine(Path.GetDirectoryName(_served.Path)!, "own");
        using System.Net.Sockets.Socket listener = DescriptorSocket.Listen(path, backlog: 1);
        using DescriptorSocket client = DescriptorSocket.Connect(path);
        var near = DescriptorSocket.Adopt(listener.Accept());
        File.Delete(path);
        DescriptorBudget.Account account = _served.Budget.AccountOf(Environment.ProcessId);
        account.Take();
        var connection = new ServerConnection(_served.Server, near, near.PeerCredentials, account);
        long allocated = 0;
        var thread = new Thread(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            connection.Run();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        thread.Start();

        var remote = new RemoteConnection(client);
        remote.Greet(Guid.Empty);
        TeeIoctlVersionData version = default;
        for (int i = 0; i < calls; i++)
            remote.Exchange(new Wire.Request { Operation = Wire.Operation.Ioctl, Number = TeeIoctl.Version }, MemoryMarshal.AsBytes(new Span<TeeIoctlVersionData>(ref version)), [], null);
        remote.Dispose();
        thread.Join();
        return allocated;
    }
}
