using System.Diagnostics;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Serving;

/// <summary>Invariant 9 for descriptors: a client may use up its own share of them and no more.</summary>
public sealed class DescriptorLimitTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(48)]
    [InlineData(64)]
    [InlineData(120)]
    public void Too_low_a_limit_is_said_in_words_and_exits_with_2(int limit)
    {
        Rtee.Result result = Shell.Run($"ulimit -n {limit}; exec '{Rtee.Program}' heaps");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("ulimit -n", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Idle_connections_use_up_a_share_and_leave_room_for_others()
    {
        using var up = LimitedUp(240);
        var clients = new List<RawClient>();
        Errno errno = 0;
        while (errno == 0 && clients.Count < 240)
        {
            clients.Add(new RawClient(up.Socket));
            errno = clients[^1].Hello().Errno;
        }

        Assert.Equal(Errno.EBUSY, errno);
        AssertServes(up);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void A_client_that_allocates_until_it_is_refused_leaves_room_for_others_and_gives_all_of_it_back()
    {
        using var up = LimitedUp(400);
        for (int round = 0; round < 2; round++)
        {
            using RawClient greedy = OpenWhenTheLastOneHasGone(up);
            int got = 0;
            Errno errno;
            while ((errno = greedy.Ioctl(TeeIoctl.ShmAlloc, new TeeIoctlShmAllocData { Size = 4096 }).Errno) == 0)
                got++;

            Assert.Equal(Errno.EMFILE, errno);
            Assert.InRange(got, 20, 400);
            AssertServes(up);
        }
    }

    [Fact]
    public void The_server_accepts_again_when_descriptors_come_back()
    {
        using var up = new Rtee.Up();
        AssertServes(up);
        SetLimit(up.Process, "10:20000");
        // The call of accept that is under way has its descriptor already; the ones after it get none.
        using var first = new RawClient(up.Socket);
        first.Hello();
        using var second = new RawClient(up.Socket);
        second.Send(Wire.Operation.Hello, Wire.Revision, [], []);

        SetLimit(up.Process, "20000:20000");

        Assert.Equal((Errno)0, second.Receive().Errno);
        AssertServes(up);
    }

    [Fact]
    public void A_secure_world_that_is_started_again_leaves_no_descriptor_behind()
    {
        using var up = new Rtee.Up("--restart");
        int secure = Restarted(up, up.SecureWorldPid);
        int before = Directory.GetFileSystemEntries($"/proc/{up.Process.Id}/fd").Length;

        for (int i = 0; i < 3; i++)
            secure = Restarted(up, secure);

        // Libraries that are loaded meanwhile hold two each; a start that is not cleared away leaves dozens.
        Assert.InRange(Directory.GetFileSystemEntries($"/proc/{up.Process.Id}/fd").Length, 0, before + 12);
    }

    /// <summary>What a context held comes back when the server has seen it end, which is a moment later.</summary>
    private static RawClient OpenWhenTheLastOneHasGone(Rtee.Up up)
    {
        RawClient? client = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                client?.Dispose();
                client = new RawClient(up.Socket);
                return client.Hello().Errno == 0;
            },
            Deadline));
        return client!;
    }

    private static int Restarted(Rtee.Up up, int secure)
    {
        Process.GetProcessById(secure).Kill();
        string line = up.Process.StandardError.ReadLine()!;
        Assert.Contains("a new one is up, pid", line, StringComparison.Ordinal);
        return int.Parse(line.Split("pid ")[1]);
    }

    private static Rtee.Up LimitedUp(int limit) => Rtee.Up.Through($"ulimit -n {limit}; exec \"$0\" \"$@\"");

    private static void SetLimit(Process process, string limit) =>
        Assert.Equal(0, Shell.Run($"prlimit --pid {process.Id} --nofile={limit}").ExitCode);

    private static void AssertServes(Rtee.Up up)
    {
        Assert.True(SpinWait.SpinUntil(() => up.Run("heaps", "--connect").ExitCode == 0, Deadline));
    }
}
