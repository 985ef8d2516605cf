using System.Runtime.CompilerServices;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.UnmodifiedClients;

/// <summary>A program in C that does what cases 1001, 1020 and 1040 of the original do.</summary>
public sealed class SelfTestTests : IDisposable
{
    private readonly CProgram? _client = CProgram.Compiler is null ? null : new CProgram(Path.Combine(Path.GetDirectoryName(ThisFile())!, "selftests.c"));

    public void Dispose() => _client?.Dispose();

    [CompilerFact]
    public void The_core_answers_for_tests_that_it_does_not_have_as_the_originals_does()
    {
        const string Expected = """
            core: 0x0 from 4
            lockdep: 0xffff000a from 4
            dt_driver: 0x0 from 4
            transfer list: 0xffff000a from 4
            panics: 0x0, 0x0, 0x0

            """;

        Assert.Equal(Expected, Rtee.Run("run", "--", _client!.Path).Output);
        Assert.Equal(Expected, Rtee.Run("run", "--conduit", "ffa", "--", _client.Path).Output);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
