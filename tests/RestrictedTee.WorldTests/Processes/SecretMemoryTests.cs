using System.Globalization;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>What is said when the memory of the secure world cannot be had as it was asked for.</summary>
public sealed class SecretMemoryTests
{
    [RootFact]
    public void A_limit_of_locked_memory_that_forbids_secretmem_is_named_with_what_to_do()
    {
        Rtee.Result result = Shell.Run($"ulimit -l 64; setpriv --bounding-set=-ipc_lock {Rtee.Program} heaps --secret-memory require");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("ulimit -l", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Success", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Restricted_buffers_into_which_nobody_wrote_leave_no_pages_behind()
    {
        const int Size = 64 << 10, Buffers = 64;
        using TeeEnvironment environment = TeeEnvironment.Launch();
        using TeeContext tee = environment.OpenContext();
        tee.AllocateRestricted(UseCase.SecureVideoPlay, Size).Dispose();
        long before = SharedKiB(environment.SecureWorldPid);

        DmaBufHandle[] all = [.. Enumerable.Range(0, Buffers).Select(_ => tee.AllocateRestricted(UseCase.SecureVideoPlay, Size))];
        Array.ForEach(all, buffer => buffer.Dispose());

        Assert.InRange(SharedKiB(environment.SecureWorldPid) - before, 0, Size * Buffers / 1024 / 4);
    }

    /// <summary>Resident pages of files, of memfd_secret's among them, and of shared memory, whose table entries exist.</summary>
    private static long SharedKiB(int pid) => File.ReadLines($"/proc/{pid}/status")
        .Where(line => line.StartsWith("RssFile:", StringComparison.Ordinal) || line.StartsWith("RssShmem:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
}
