using System.Diagnostics;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Serving;

/// <summary>One TEE, several client processes.</summary>
public sealed class ServingTests : IClassFixture<ServingTests.Fixture>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly Rtee.Up _up;

    public ServingTests(Fixture fixture) => _up = fixture.Up;

    public sealed class Fixture : IDisposable
    {
        internal Rtee.Up Up { get; } = new("--ta-dir", Repository.TestTas);

        public void Dispose() => Up.Dispose();
    }

    [Fact]
    public void The_secure_data_path_passes_from_another_process()
    {
        Rtee.Result result = _up.Run("xtest", "--sdp-basic", "-n", "20", "--connect");

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    [Theory]
    [InlineData("100[2457]")]
    [InlineData("101")]
    [InlineData("102[568]")]
    public void The_suite_passes_from_another_process(string group)
    {
        string[] cases = group switch
        {
            "101" => ["1010", "1012", "1014", "1016", "1017", "1018"],
            "100[2457]" => ["1002", "1004", "1005", "1007"],
            _ => ["1021", "1025", "1026", "1027", "1028", "1032"],
        };

        Rtee.Result result = _up.Run(["xtest", "--connect", "default", .. cases]);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    [Fact]
    public void Invoke_and_heaps_work_from_another_process()
    {
        Rtee.Result invoke = _up.Run("invoke", "--connect", "default", HelloWorld.UuidText, "0", "inout:41");
        Rtee.Result heaps = _up.Run("heaps", "--connect");

        Assert.Contains("a=42", invoke.Output, StringComparison.Ordinal);
        Assert.Contains("protected,secure-video-record", heaps.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dma_buf_outlives_its_context_and_goes_with_its_handle()
    {
        using TeeContext watcher = Connect();
        DmaBufHandle buffer;
        using (TeeContext client = Connect())
            buffer = client.AllocateRestricted(UseCase.SecureVideoRecord, 100_000);
        Assert.Equal(1, watcher.Heaps[2].Buffers);

        buffer.Dispose();

        Assert.True(SpinWait.SpinUntil(() => watcher.Heaps[2].Buffers == 0, Deadline));
    }

    [Fact]
    public void Restricted_memory_of_a_killed_client_comes_back()
    {
        // A player whose file is a pipe that nobody writes to has allocated its buffer and waits.
        using var folder = new Rtee.Folder();
        string pipe = System.IO.Path.Combine(folder.Path, "content");
        Process.Start("mkfifo", pipe).WaitForExit();
        using TeeContext watcher = Connect();
        string key = new('0', 32);
        using Process player = Rtee.Start(_up.Environment, "play", pipe, "--key", key, "--iv", key, "--heap", "protected,trusted-ui", "--connect");
        Assert.True(SpinWait.SpinUntil(() => watcher.Heaps[1].Buffers == 1, Deadline));

        player.Kill();

        Assert.True(SpinWait.SpinUntil(() => watcher.Heaps[1].Buffers == 0, Deadline));
    }

    [Fact]
    public void A_client_that_is_killed_in_a_call_is_cleaned_up_after()
    {
        using TeeContext watcher = Connect();
        using Process client = Rtee.Start(_up.Environment, "invoke", "--connect", "default", "--", TestTa.Misbehaving.ToString(), "2");
        // It waits for the answer of the server once a thread of its sleeps in recvmsg.
        SpinWait.SpinUntil(() => IsReceiving(client.Id), TimeSpan.FromSeconds(5));

        client.Kill();
        client.WaitForExit();

        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                using TeeSession session = watcher.OpenSession(TestTa.Misbehaving);
                return session.TryInvoke(1, null, out _) == (TeecResult)0x1234_5678;
            },
            Deadline));
    }

    [Fact]
    public void Several_calls_of_one_client_run_at_once()
    {
        using TeeContext client = Connect();
        using TeeSession waiting = client.OpenSession(TestTa.Misbehaving);
        var operation = new Operation();
        TeecResult result = default;
        var thread = new Thread(() => result = waiting.TryInvoke(2, operation, out _));
        thread.Start();
        using TeeSession hello = client.OpenSession(HelloWorld.Uuid);
        hello.Invoke(HelloWorld.CommandNothing);

        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                operation.RequestCancellation();
                return thread.Join(20);
            },
            Deadline));
        Assert.Equal(TeecResult.Cancel, result);
    }

    [Fact]
    public void A_dma_buf_passes_between_contexts_as_a_descriptor()
    {
        using TeeContext one = Connect();
        using TeeContext two = Connect();
        using TeeSession inject = one.OpenSession(SdpBasic.Uuid);
        using TeeSession dump = two.OpenSession(SdpBasic.Uuid);
        using DmaBufHandle buffer = one.AllocateRestricted("protected,secure-video", 4096);
        using SharedMemory here = one.RegisterSharedMemory(buffer);
        using SharedMemory there = two.RegisterSharedMemory(buffer);
        byte[] sent = [1, 2, 3, 4], received = new byte[4];

        inject.Invoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(sent), Parameter.Partial(here, Direction.Output, 0, 4)));
        dump.Invoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(there, Direction.Input, 0, 4), Parameter.TempOutput(received)));

        Assert.Equal(sent, received);
    }

    [Fact]
    public void Garbage_on_the_socket_ends_its_connection_and_nothing_else()
    {
        var random = new Random(11);
        for (int i = 0; i < 300; i++)
        {
            using SmcTransport.Interop.DescriptorSocket socket = SmcTransport.Interop.DescriptorSocket.Connect(_up.Socket);
            byte[] garbage = new byte[random.Next(1, 4000)];
            random.NextBytes(garbage);
            socket.TrySend(garbage);
        }

        using TeeContext client = Connect();
        using TeeSession hello = client.OpenSession(HelloWorld.Uuid);
        hello.Invoke(HelloWorld.CommandNothing);
    }

    private static bool IsReceiving(int pid)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{pid}/task").Any(task => File.ReadAllText(task + "/wchan").Contains("skb", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private TeeContext Connect() => new(RemoteDevice.Connect(_up.Socket));
}
