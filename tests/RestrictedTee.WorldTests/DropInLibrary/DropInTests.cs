using System.Diagnostics;
using RestrictedTee.WorldTests.Harness;
using RestrictedTee.WorldTests.Walkthrough;

namespace RestrictedTee.WorldTests.DropInLibrary;

/// <summary>A program in C that is linked against libteec.so.2, with ours in its place.</summary>
[Collection(ReadmeTests.Collection)] // which builds, too
public sealed class DropInTests(DropInFixture fixture) : IClassFixture<DropInFixture>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [ToolchainFact]
    public void It_opens_a_session_and_its_exit_status_is_that_of_the_run()
    {
        Rtee.Result result = fixture.Run("hello");

        Assert.Equal((7, "41 becomes 42\n"), (result.ExitCode, result.Output));
    }

    [ToolchainFact]
    public void Memory_of_each_kind_goes_there_and_back() => Assert.Equal(
        """
        temporary: 0, inout 11 51, out 12 56
        registered: 0, inout 12 52, out 13 57
        sizes afterwards: 12345 5 5
        partial: 0, inout 2 2, out 3 3
        beside them: 1 1 198
        released: (nil), id -1
        none and null are two things: 0
        registered and allocated, of no size: 0
        too short: ffff0010 from 4, wants 32

        """,
        fixture.Run("memory").Output);

    [ToolchainFact]
    public void Whatever_is_wrong_gets_its_result_and_origin() => Assert.Equal(
        """
        no such name: ffff0008
        optee-tz: 00000000
        no context: ffff0006
        no TA: ffff0008 from 3
        open without context: ffff0006 from 1
        open on a closed one: ffff0006 from 2
        open without UUID: ffff0006 from 1
        open without group: ffff0006 from 1
        application login: ffff0006 from 2
        no session: ffff0006 from 1
        session of zeros: ffff0006 from 1
        made up session: ffff0006 from 2
        no such command: ffff0006 from 4
        no such type: ffff0006 from 1
        null with a size: ffff0006 from 1
        endless: ffff000c from 1
        no parent: ffff0006 from 1
        allocate without flags: ffff0006
        register nothing: ffff0006
        allocate too much: ffff000c
        no dma-buf: ffff0006
        no descriptor: ffff0006
        allocate: 00000000
        not for output: ffff0006 from 1
        beyond its end: ffff0006 from 1
        around its end: ffff0006 from 1
        larger than it was: ffff0006 from 1
        released: ffff0006 from 1
        closed session: ffff0006 from 2
        panic: ffff3024 from 3
        after it: ffff3024 from 3

        """,
        fixture.Run("errors").Output);

    [ToolchainFact]
    public void Thirty_two_threads_call_at_once() => Assert.Equal("6400 calls\n", fixture.Run("threads").Output);

    [ToolchainFact]
    public void Another_thread_cancels_a_call()
    {
        Rtee.Result result = fixture.Run("cancel");

        Assert.Equal((0, "the wait: ffff0002 from 4\n"), (result.ExitCode, result.Output));
    }

    [ToolchainFact]
    public void After_a_fork_parent_and_child_have_context_session_and_memory_both() =>
        Assert.Equal("the child got 12000\nits parent 2000, and c; status 0\nand goes on: 7\n", fixture.Run("fork").Output);

    [ToolchainFact]
    public void It_leaves_the_programs_signals_alone() => Assert.Equal("as it was: 1 1\nwaited for: 1\n", fixture.Run("guest").Output);

    [ToolchainFact]
    public void It_finds_the_tee_that_is_up()
    {
        using var up = new Rtee.Up();

        using Process client = fixture.Start(up, "hello");

        Assert.Equal("41 becomes 42\n", client.StandardOutput.ReadToEnd());
    }

    [ToolchainFact]
    public void When_the_secure_world_dies_a_call_under_way_hears_of_it_and_so_do_later_ones()
    {
        using var up = new Rtee.Up();
        using Process client = fixture.Start(up, "wait");
        Assert.Equal("waiting", client.StandardOutput.ReadLine());

        Process.GetProcessById(up.SecureWorldPid).Kill();

        AssertHeardOfTheEnd(client);
    }

    [ToolchainFact]
    public void When_the_server_dies_a_call_under_way_hears_of_it_and_so_do_later_ones()
    {
        using var up = new Rtee.Up();
        using Process client = fixture.Start(up, "wait");
        Assert.Equal("waiting", client.StandardOutput.ReadLine());

        up.Process.Kill();

        AssertHeardOfTheEnd(client);
    }

    [ToolchainFact]
    public void Where_no_tee_is_up_it_says_what_to_do()
    {
        using var folder = new Rtee.Folder();

        Rtee.Result result = Shell.Run(
            $"exec '{fixture.Client}' hello", new Dictionary<string, string> { ["RTEE_RUN_DIR"] = folder.Path, ["LD_LIBRARY_PATH"] = Path.Combine(DropInFixture.Folder, "lib") });

        Assert.Equal((3, "no TEE: ffff0008\n"), (result.ExitCode, result.Output));
        Assert.Contains("Start one with 'rtee up'", result.Errors, StringComparison.Ordinal);
    }

    [ToolchainFact]
    public void It_exports_what_the_original_does_without_versions_and_has_its_name()
    {
        string symbols = Shell.Run($"nm --dynamic --defined-only --with-symbol-versions '{DropInFixture.Library}'").Output;
        string dynamic = Shell.Run($"readelf --dynamic --wide '{DropInFixture.Library}'").Output;

        Assert.Equal(
            [
                "TEEC_AllocateSharedMemory", "TEEC_CloseSession", "TEEC_FinalizeContext", "TEEC_InitializeContext", "TEEC_InvokeCommand", "TEEC_OpenSession",
                "TEEC_RegisterSharedMemory", "TEEC_RegisterSharedMemoryFileDescriptor", "TEEC_ReleaseSharedMemory", "TEEC_RequestCancellation",
                "_dprintf", "dump_buffer", // which its siblings use
            ],
            symbols.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1]).Order(StringComparer.Ordinal));
        Assert.Contains("[libteec.so.2]", dynamic, StringComparison.Ordinal);
        Assert.Contains("NODELETE", dynamic, StringComparison.Ordinal); // its threads outlive dlclose()
    }

    [Fact]
    public void A_run_without_the_library_says_what_to_do()
    {
        Rtee.Result result = Rtee.Run(new Dictionary<string, string> { ["RTEE_LIBTEEC"] = "/nonexistent" }, "run", "--libteec", "--", "true");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("There is no lib/libteec.so.2 in '/nonexistent' (RTEE_LIBTEEC). './rtee libteec --prefix /nonexistent' puts it there.", result.Errors, StringComparison.Ordinal);
    }

    private static void AssertHeardOfTheEnd(Process client)
    {
        Assert.True(client.WaitForExit(Deadline), "The client hangs.");
        Assert.Equal(
            "the wait: ffff000e from 2\nanother call: ffff000e from 2\nanother session: ffff000e from 2\nmore memory: none\n",
            client.StandardOutput.ReadToEnd());
    }
}
