using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.Tests.Harness;

/// <summary>Both ends of one connection over a socket in a folder of its own.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rtee-pair").FullName;

    internal SocketPair()
    {
        string path = Path.Combine(_folder, "socket");
        using System.Net.Sockets.Socket listener = DescriptorSocket.Listen(path, backlog: 1);
        Near = DescriptorSocket.Connect(path);
        Far = DescriptorSocket.Adopt(listener.Accept());
    }

    internal DescriptorSocket Near { get; }

    internal DescriptorSocket Far { get; }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
