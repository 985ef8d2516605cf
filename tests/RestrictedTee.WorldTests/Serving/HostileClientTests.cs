using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Serving;

/// <summary>Invariants 9 and 10 at the socket: what a client does costs that client, and what it sends has an owner.</summary>
public sealed class HostileClientTests : IClassFixture<HostileClientTests.Fixture>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly Rtee.Up _up;

    public HostileClientTests(Fixture fixture) => _up = fixture.Up;

    public sealed class Fixture : IDisposable
    {
        internal Rtee.Up Up { get; } = new("--ta-dir", Repository.TestTas);

        public void Dispose() => Up.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(23)]
    [InlineData(25)]
    public void A_heap_ioctl_with_an_argument_of_the_wrong_size_is_refused(int size)
    {
        using RawClient client = RawClient.Open(_up.Socket);

        RawClient.Answer answer = client.Exchange(Wire.Operation.HeapIoctl, TeeIoctl.DmaHeapAlloc, new byte[size], "protected,secure-video"u8);

        Assert.Equal(Errno.EINVAL, answer.Errno);
        AssertServes();
    }

    [Fact]
    public void A_heap_whose_name_is_as_long_as_a_packet_is_refused_in_a_packet()
    {
        using RawClient client = RawClient.Open(_up.Socket);
        byte[] name = new byte[Wire.MaxPacket - 200];
        name.AsSpan().Fill((byte)'x');

        RawClient.Answer answer = client.Exchange(Wire.Operation.HeapIoctl, TeeIoctl.DmaHeapAlloc, new byte[24], name);

        Assert.Equal(Errno.ENOENT, answer.Errno);
    }

    [Fact]
    public void A_read_only_memfd_is_refused()
    {
        using SafeFileHandle writable = RamBank.CreateSealedMemfd(8192, "read-only");
        using SafeFileHandle readOnly = File.OpenHandle($"/proc/self/fd/{writable.DangerousGetHandle()}");
        using RawClient client = RawClient.Open(_up.Socket);

        Assert.Equal(Errno.EINVAL, client.Ioctl(TeeIoctl.ShmRegisterFd, default(TeeIoctlShmRegisterFdData), readOnly).Errno);
        AssertServes();
    }

    [HugePagesFact]
    public void A_memfd_of_huge_pages_is_refused()
    {
        using SafeFileHandle huge = HugePagesFactAttribute.TryCreate()!;
        using RawClient client = RawClient.Open(_up.Socket);

        Assert.Equal(Errno.EINVAL, client.Ioctl(TeeIoctl.ShmRegisterFd, default(TeeIoctlShmRegisterFdData), huge).Errno);
        AssertServes();
    }

    [Fact]
    public void Invariant_10_descriptors_of_a_refused_packet_are_closed()
    {
        using RawClient client = RawClient.Open(_up.Socket);
        using SafeFileHandle one = File.OpenHandle("/dev/zero");
        SafeHandle[] most = [.. Enumerable.Repeat(one, DescriptorSocket.MaxDescriptors)];
        int before = CountServerDescriptors("/dev/zero");

        for (int i = 0; i < 100; i++)
            Assert.Equal(Errno.EINVAL, client.Ioctl(TeeIoctl.ShmRegisterFd, default(TeeIoctlShmRegisterFdData), most).Errno);

        Assert.True(SpinWait.SpinUntil(() => CountServerDescriptors("/dev/zero") == before, Deadline));
        AssertServes();
    }

    [Fact]
    public void Invariant_10_a_refused_registration_keeps_no_descriptor()
    {
        using RawClient client = RawClient.Open(_up.Socket);
        using SafeFileHandle stranger = File.OpenHandle("/dev/full");

        for (int i = 0; i < 50; i++)
            Assert.Equal(Errno.EINVAL, client.Ioctl(TeeIoctl.ShmRegisterFd, default(TeeIoctlShmRegisterFdData), stranger).Errno);

        Assert.True(SpinWait.SpinUntil(() => CountServerDescriptors("/dev/full") == 0, Deadline));
    }

    [Fact]
    public void A_packet_that_is_too_long_is_refused_and_the_next_is_served()
    {
        using RawClient client = RawClient.Open(_up.Socket);

        Assert.Equal(Errno.EMSGSIZE, client.Exchange(Wire.Operation.Ioctl, TeeIoctl.Version, new byte[2 * Wire.MaxPacket], []).Errno);
        Assert.Equal((Errno)0, client.Ioctl(TeeIoctl.Version, default(TeeIoctlVersionData)).Errno);
    }

    [Fact]
    public void A_connection_too_many_is_told_that_the_server_is_busy_and_others_are_served()
    {
        var clients = new List<RawClient>();
        try
        {
            RawClient.Answer answer;
            do
            {
                Assert.InRange(clients.Count, 0, 2000);
                clients.Add(new RawClient(_up.Socket));
                answer = clients[^1].Hello();
            }
            while (answer.Errno == 0);

            Assert.Equal(Errno.EBUSY, answer.Errno);
            Assert.Contains("busy", answer.Text, StringComparison.Ordinal);
            string message = Assert.Throws<TeeLaunchException>(() => RemoteDevice.Connect(_up.Socket)).Message;
            Assert.Contains("busy", message, StringComparison.Ordinal);
            AssertServes();
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        Assert.True(SpinWait.SpinUntil(CanConnect, Deadline));
    }

    [Fact]
    public void A_client_of_another_revision_is_told_so()
    {
        using var client = new RawClient(_up.Socket);

        RawClient.Answer answer = client.Exchange(Wire.Operation.Hello, Wire.Revision + 1, [], []);

        Assert.Equal(Errno.EINVAL, answer.Errno);
        Assert.Contains("revision", answer.Text, StringComparison.Ordinal);
    }

    private bool CanConnect()
    {
        using var client = new RawClient(_up.Socket);
        return client.Hello().Errno == 0;
    }

    private int CountServerDescriptors(string target) => Directory.EnumerateFiles($"/proc/{_up.Process.Id}/fd").Count(fd => new FileInfo(fd).LinkTarget == target);

    /// <summary>Another process, whose share is its own.</summary>
    private void AssertServes()
    {
        Rtee.Result result = _up.Run("heaps", "--connect");
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }
}
