using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.UnmodifiedClients;

/// <summary>A program in C that knows Linux's tee.h and nothing of this project, below <c>rtee run</c>.</summary>
public sealed class RunTests : IDisposable
{
    private readonly CProgram? _client = CProgram.Compiler is null ? null : new CProgram(Path.Combine(Path.GetDirectoryName(ThisFile())!, "client.c"));

    public void Dispose() => _client?.Dispose();

    [CompilerFact]
    public void It_opens_a_session_and_its_exit_status_is_that_of_the_run()
    {
        Rtee.Result result = Run("hello");

        Assert.Equal((7, "implementation 1, capabilities 0xd\nrstmem Invalid argument\n41 becomes 42\n"), (result.ExitCode, result.Output));
    }

    [CompilerFact]
    public void On_request_the_devices_are_those_of_the_patches_for_restricted_memory()
    {
        Rtee.Result result = Rtee.Run("run", "--rstmem", "--", _client!.Path, "hello");

        Assert.Equal("implementation 1, capabilities 0x1d\nrstmem done\n41 becomes 42\n", result.Output);
    }

    [CompilerFact]
    public void It_works_over_ffa_and_with_memory_that_is_lent() =>
        Assert.Equal(7, Rtee.Run("run", "--conduit", "ffa", "--board", "dynamic", "--", _client!.Path, "hello").ExitCode);

    [CompilerFact]
    public void Shared_memory_is_the_very_pages_that_the_secure_world_has()
    {
        Rtee.Result shared = Run("shared"), registered = Run("registered");

        Assert.Equal([DigestOf('a'), DigestOf('b')], shared.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(DigestOf('a'), registered.Output.Trim());
    }

    [CompilerFact]
    public void Every_refusal_has_the_errno_that_linux_gives() => Assert.Equal(
        """
        bad pointer: Bad address
        bad buffer: Bad address
        endless buffer: Invalid argument
        no such request: Invalid argument
        no memory: Invalid argument
        no device: No such file or directory
        no heap: No such file or directory
        another file: Inappropriate ioctl for device

        """,
        Run("errors").Output);

    [CompilerFact]
    public void What_linux_only_reads_may_lie_in_memory_that_cannot_be_written() =>
        Assert.Equal("the reference: done, 400 refused, the next: done, 0x0\n", Run("read-only").Output);

    [CompilerFact]
    public void A_restricted_buffer_of_a_heap_is_a_descriptor_that_cannot_be_mapped() => Assert.Equal("done, not mapped\n", Run("heap").Output);

    [CompilerFact]
    public void A_buffer_of_the_system_heap_is_zeroed_memory_that_maps_and_comes_back() => Assert.Equal("50 buffers\n", Run("system-heap").Output);

    [CompilerFact]
    public void Shared_memory_that_is_closed_and_unmapped_comes_back() => Assert.Equal("400 times\n", Run("churn", "400").Output);

    [CompilerFact]
    public void A_session_is_of_the_open_file_whichever_process_has_a_copy() => Assert.Equal("the child got 2, its parent 3\n", Run("fork").Output);

    [CompilerFact]
    public void Sixty_four_threads_call_at_once() => Assert.Equal("64 threads\n", Run("threads").Output);

    [CompilerFact]
    public void Whatever_a_shell_starts_sees_the_devices_too()
    {
        Rtee.Result result = Rtee.Run("run", "--", "sh", "-c", "\"$0\" hello | tail -n 1; cd /dev && \"$0\" heap; exec 3</dev/tee0 && echo open; exit 5", _client!.Path);

        Assert.Equal((5, "41 becomes 42\ndone, not mapped\nopen\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void The_names_of_the_devices_are_there_to_be_asked_after()
    {
        const string Script = "[ -c /dev/tee0 ] && [ -c /dev/teepriv0 ] && [ -w /dev/dma_heap/system ] && [ ! -e /dev/tee9 ] && [ ! -e /dev/dma_heap/nothing ] && [ -e /dev/null ] && stat -c '%F %t:%T' /dev/tee0; cd /dev && stat -L -c %F tee0";

        Rtee.Result result = Rtee.Run("run", "--", "sh", "-c", Script);

        Assert.Equal("character special file f0:0\ncharacter special file\n", result.Output);
    }

    [Fact]
    public void A_listing_has_the_devices_and_the_heaps()
    {
        Rtee.Result result = Rtee.Run("run", "--", "sh", "-c", "echo /dev/tee*; ls /dev | grep -c -x -e tee0 -e teepriv0 -e null; ls /dev/dma_heap; cd /dev && [ -d dma_heap ] && [ -c dma_heap/system ] && echo there");

        Assert.Equal("/dev/tee0 /dev/teepriv0\n3\nprotected,secure-video\nprotected,secure-video-record\nprotected,trusted-ui\nsystem\nthere\n", result.Output);
    }

    [CompilerFact]
    public void Each_call_of_a_device_can_be_seen_decoded()
    {
        Rtee.Result result = Rtee.Run("run", "-v", "--", _client!.Path, "hello");

        Assert.Matches(
            """
            ^\[\d+\] /dev/tee0 open = done
            \[\d+\] /dev/tee0 TEE_IOC_VERSION = implementation 1, capabilities 0xd
            \[\d+\] /dev/tee0 TEE_IOC_RSTMEM_ALLOC = EINVAL: .*
            \[\d+\] /dev/tee0 TEE_IOC_OPEN_SESSION 8aaaf200-2450-11e4-abe2-0002a5d5c51b, login 0x0, \(none; none; none; none\) = Success \(0x00000000\) from \w+, session [0-9a-f]{8}, \(none; none; none; none\)
            \[\d+\] /dev/tee0 TEE_IOC_INVOKE session [0-9a-f]{8}, command 0, cancel id 0, \(inout 0x29 0x0; none; none; none\) = Success \(0x00000000\) from TrustedApp, \(inout 0x2a 0x0; none; none; none\)
            $
            """,
            result.Errors);
    }

    [CompilerFact]
    public void A_program_can_use_a_tee_that_is_up()
    {
        using var up = new Rtee.Up();

        Rtee.Result hello = up.Run("run", "--connect", "--", _client!.Path, "hello"), shared = up.Run("run", "--connect", "--", _client.Path, "shared"),
            heap = up.Run("run", "--connect", "--", _client.Path, "heap"), threads = up.Run("run", "--connect", "--", _client.Path, "threads");

        // Without TEE_GEN_CAP_REG_MEM: the process that is up has no say over this one's memory.
        Assert.Equal((7, "implementation 1, capabilities 0x9\nrstmem Invalid argument\n41 becomes 42\n"), (hello.ExitCode, hello.Output));
        Assert.Equal([DigestOf('a'), DigestOf('b')], shared.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("done, not mapped\n", heap.Output);
        Assert.Equal("64 threads\n", threads.Output);
    }

    [CompilerFact]
    public void When_the_secure_world_has_gone_a_call_fails_and_an_open_does()
    {
        using Process run = Rtee.Start(environment: null, "run", "--", "sh", "-c", "\"$0\" wait; \"$0\" hello; exit 3", _client!.Path);
        Assert.Equal("waiting", run.StandardOutput.ReadLine());
        int world = int.Parse(ChildrenOf(run.Id).First(pid => File.ReadAllText($"/proc/{pid}/cmdline").Contains("RestrictedTee.SecureWorld", StringComparison.Ordinal)));

        Process.GetProcessById(world).Kill();

        Assert.True(run.WaitForExit(TimeSpan.FromSeconds(60)), "The run does not end.");
        Assert.Equal((3, "no TEE: No such device\n"), (run.ExitCode, run.StandardOutput.ReadToEnd()));
    }

    [CompilerFact]
    public void A_program_that_is_killed_in_a_call_takes_the_call_along_and_the_run_ends()
    {
        using Process run = Rtee.Start(environment: null, "run", "--", _client!.Path, "wait");
        Assert.Equal("waiting", run.StandardOutput.ReadLine());
        int client = int.Parse(ChildrenOf(run.Id).First(IsClient));

        Process.GetProcessById(client).Kill();

        Assert.True(run.WaitForExit(TimeSpan.FromSeconds(60)), "The run does not end.");
        Assert.Equal(128 + 9, run.ExitCode);
    }

    [CompilerFact]
    public void A_program_that_is_not_there_is_told_of_as_a_shell_does()
    {
        Rtee.Result result = Rtee.Run("run", "--", "/nonexistent/program");

        Assert.Equal(127, result.ExitCode);
        Assert.Contains("'/nonexistent/program' cannot be run", result.Errors, StringComparison.Ordinal);
    }

    private Rtee.Result Run(params string[] arguments) => Rtee.Run(["run", "--", _client!.Path, .. arguments]);

    private static IEnumerable<string> ChildrenOf(int process) => Directory.GetDirectories($"/proc/{process}/task")
        .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static bool IsClient(string pid) => File.ReadAllText($"/proc/{pid}/comm").Trim() == "client";

    private static string DigestOf(char filled) => Convert.ToHexStringLower(SHA256.HashData([.. Enumerable.Repeat((byte)filled, 4096)]));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
