using System.Runtime.CompilerServices;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.UnmodifiedClients;

/// <summary>A program in C that speaks FF-A as the original's ffa_spmc suite does, by the files of the arm_ffa_user module.</summary>
public sealed class FfaTestDriverTests : IDisposable
{
    private readonly CProgram? _client = CProgram.Compiler is null ? null : new CProgram(Path.Combine(Path.GetDirectoryName(ThisFile())!, "ffa.c"));

    public void Dispose() => _client?.Dispose();

    [CompilerFact]
    public void It_finds_partitions_sends_messages_and_shares_memory()
    {
        Rtee.Result result = Rtee.Run("run", "--conduit", "ffa", "--board", "ffa-test", "--", _client!.Path);

        Assert.Equal(
            """
            version 5.0.2
            a file, Bad file descriptor
            sum: done, 10
            share: done, 16384 bytes
            write: done, read: done, hello, beyond: Invalid argument
            retrieve: done, 0xaa
            early: Permission denied
            reclaim: done
            no UUID: Invalid argument
            no such UUID: No such device
            no string: Bad address
            message to nobody: No such device
            sharing with nobody: No such device
            not shared: No such file or directory
            nothing to read: No such file or directory
            no such request: Invalid argument
            version to write: Permission denied

            """,
            result.Output);
    }

    [CompilerFact]
    public void Where_the_worlds_talk_by_smc_there_is_none() => Assert.Equal("no driver: No such file or directory\n", Rtee.Run("run", "--", _client!.Path).Output);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
