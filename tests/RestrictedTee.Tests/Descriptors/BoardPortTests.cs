using Microsoft.Win32.SafeHandles;
using RestrictedTee.SecureWorld.Boot;
using RestrictedTee.SmcTransport.Boot;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Descriptors;

/// <summary>Invariant 10 on the boot line: what comes with a message that is refused does not stay with the secure world.</summary>
public sealed class BoardPortTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rtee-port").FullName;
    private readonly DescriptorSocket _near;
    private readonly DescriptorSocket _far;
    private readonly Thread _port;

    public BoardPortTests()
    {
        string path = Path.Combine(_folder, "socket");
        using System.Net.Sockets.Socket listener = DescriptorSocket.Listen(path, backlog: 1);
        _near = DescriptorSocket.Connect(path);
        _far = DescriptorSocket.Adopt(listener.Accept());
        _port = new Thread(() => new BoardPort(new BootLine(_far), new NormalRamMap()).Serve());
        _port.Start();
    }

    public void Dispose()
    {
        _near.Dispose();
        Assert.True(_port.Join(TimeSpan.FromSeconds(20)));
        _far.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(BootLine.Kind.UnplugBank, 1)] // takes none, and there is no such bank
    [InlineData(BootLine.Kind.PlugBank, 2)] // takes one
    [InlineData(BootLine.Kind.PlugBank, 1)] // takes a memfd
    [InlineData(BootLine.Kind.Ready, 1)] // is no request
    public void Invariant_10_descriptors_of_a_refused_message_are_closed(object kind, int count)
    {
        (SafeFileHandle read, SafeFileHandle write) = PipeEnd.CreatePipe();
        using var reader = new PipeEnd(read);
        var line = new BootLine(_near);
        Assert.True(line.TrySend(
            new BootLine.Head { Kind = (BootLine.Kind)kind, BankBase = 0x8000_0000, BankSize = PhysicalAddress.PageSize }, "", [.. Enumerable.Repeat(write, count)]));
        write.Dispose();

        BootLine.Message answer = line.Receive()!.Value;

        Assert.Equal(BootLine.Kind.Refused, answer.Head.Kind);
        Assert.True(SpinWait.SpinUntil(() => reader.TryRead(new byte[1]) == 0, TimeSpan.FromSeconds(20)), "The secure world holds on to a descriptor.");
    }
}
