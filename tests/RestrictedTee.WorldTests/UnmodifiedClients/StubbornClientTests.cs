using System.Runtime.CompilerServices;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.UnmodifiedClients;

/// <summary>A program in C below <c>rtee run</c> whose threads wait, fork, end and use up what there is while its memory is registered.</summary>
public sealed class StubbornClientTests : IDisposable
{
    private readonly CProgram? _client = CProgram.Compiler is null ? null : new CProgram(Path.Combine(Path.GetDirectoryName(ThisFile())!, "stubborn.c"));

    public void Dispose() => _client?.Dispose();

    [CompilerFact]
    public void Calls_that_wait_for_ever_in_other_threads_go_on_waiting() => Assert.Equal("0 interrupted\n", Run("waiting"));

    [CompilerFact]
    public void Sixteen_threads_that_register_at_once_share_their_memory() => Assert.Equal("shared\n", Run("crowd"));

    [CompilerFact]
    public void A_timer_does_not_keep_it_from_forking() => Assert.Equal("10 children, registered: 1\n", Run("timer"));

    [CompilerFact]
    public void Processes_that_are_killed_while_they_fork_are_nobody_elses_trouble() => Assert.Equal("served\n", Run("killed"));

    [CompilerFact]
    public void Pages_are_given_back_while_others_are_registered() => Assert.Equal("given back meanwhile\n", Run("steady"));

    [CompilerFact]
    public void One_that_uses_up_the_supervisors_descriptors_is_refused_and_served_again_later() =>
        Assert.Equal("open: Too many open files, register: Too many open files, later: done\n", Run("greedy"));

    [CompilerFact]
    public void Reading_a_device_does_not_wait() => Assert.Equal("-1, Resource temporarily unavailable\n", Run("read"));

    private string Run(string what) => Rtee.Run("run", "--", _client!.Path, what).Output;

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
