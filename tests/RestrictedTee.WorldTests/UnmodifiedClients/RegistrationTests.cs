using System.Runtime.CompilerServices;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.UnmodifiedClients;

/// <summary>Memory of its own that a program in C registers below <c>rtee run</c>: the secure world has its very pages, as on a machine that pins them.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly CProgram? _client = CProgram.Compiler is null ? null : new CProgram(Path.Combine(Path.GetDirectoryName(ThisFile())!, "registrations.c"));

    public void Dispose() => _client?.Dispose();

    [CompilerTheory]
    [InlineData("smc")]
    [InlineData("ffa")]
    public void What_either_side_writes_the_other_has_while_the_call_lasts(string conduit) =>
        Assert.Equal("6 in the call\n99 after it\n", Run("--conduit", conduit, "--", _client!.Path, "meanwhile"));

    [CompilerTheory]
    [InlineData("smc")]
    [InlineData("ffa")]
    public void Registrations_may_overlap_begin_anywhere_and_leave_their_neighbours_alone(string conduit) => Assert.Equal(
        "42 by the first, 52 by the second, 62 by the part, 72 at the end\n16376 bytes as they were\n",
        Run("--conduit", conduit, "--", _client!.Path, "overlapping"));

    [CompilerFact]
    public void What_other_threads_write_in_the_pages_meanwhile_is_not_lost() =>
        Assert.Equal("0 times back, all counted\n", Run("--", _client!.Path, "neighbours"));

    [CompilerFact]
    public void A_child_has_its_own_of_the_pages_during_a_registration_and_after_it() =>
        Assert.Equal("107 in the child, 7 here, 108 in the child, 8 here, 9\n", Run("--", _client!.Path, "fork"));

    [CompilerFact]
    public void What_other_threads_wait_for_meanwhile_they_go_on_waiting_for() =>
        Assert.Equal("shared, given back, 1 event, 0 sleeps cut short\n", Run("--", _client!.Path, "waiting"));

    [CompilerFact]
    public void A_child_that_is_killed_while_it_gets_its_pages_harms_nobody() => Assert.Equal("10 killed, 7 is left\n", Run("--", _client!.Path, "killed"));

    [CompilerFact]
    public void The_same_memory_can_be_registered_again_and_again() => Assert.Equal("300 times\n", Run("--", _client!.Path, "again", "300"));

    [CompilerFact]
    public void Any_memory_that_can_be_written_can_be_registered_and_no_other() => Assert.Equal(
        """
        data: done, 11
        stack: done, 4
        shared already: done, 21
        constants: Bad address
        with a hole: Bad address
        nowhere: Bad address
        nothing: Cannot allocate memory

        """,
        Run("--", _client!.Path, "kinds"));

    private static string Run(params string[] arguments) => Rtee.Run(["run", .. arguments]).Output;

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
