using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Processes;

public sealed class LaunchTests
{
    [Theory]
    [InlineData("off")]
    [InlineData("auto")]
    public void The_secure_data_path_passes_with_and_without_secret_memory(string mode)
    {
        Rtee.Result result = Rtee.Run("xtest", "--sdp-basic", "-n", "50", "--secret-memory", mode);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("all 5 parts passed", result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Errors);
        if (mode == "off")
            Assert.DoesNotContain("secretmem", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("heaps", "--threads", "0", "threads")]
    [InlineData("heaps", "--threads", "65", "threads")]
    [InlineData("heaps", "--secret-memory", "maybe", "secretMemory")]
    [InlineData("heaps", "--conduit", "hvc", "conduit")]
    [InlineData("heaps", "--log-level", "Loud", "logLevel")]
    [InlineData("heaps", "--board", "/no/such/board.json", "cannot be read")]
    [InlineData("heaps", "--ta-dir", "/no/such/folder", "no TA folder")]
    [InlineData("heaps", "--screen", "/no/such/screen.png", "screen cannot be written")]
    [InlineData("heaps", "--screen", "/dev/null", "is no file")]
    [InlineData("heaps", "--connect", "nobody-is-here", "rtee up")]
    [InlineData("heaps", "--connect", "../escape", "no instance name")]
    [InlineData("xtest", "-t", "benchmark", "regression, ffa_spmc")]
    [InlineData("xtest", "-l", "16", "0 to 15")]
    [InlineData("xtest", "-x", "_", "no case")]
    public void A_bad_option_is_said_in_words_and_exits_with_2(string command, string option, string value, string word)
    {
        Rtee.Result result = Rtee.Run(command, option, value);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(word, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_rise_from_file_to_environment_to_command_line()
    {
        using var folder = new Rtee.Folder();
        File.WriteAllText(Path.Combine(folder.Path, "rtee.json"), """{ "threads": 3, "secretMemory": "off" }""");
        LaunchOptions fromFile = LaunchOptions.Load(folder.Path);
        Assert.Equal((3, "off"), (fromFile.Threads, fromFile.SecretMemory));

        File.WriteAllText(Path.Combine(folder.Path, "rtee.json"), """{ "thread": 3 }""");
        Assert.Contains("'thread'", Assert.Throws<TeeLaunchException>(() => LaunchOptions.Load(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder.Path, "rtee.json"), """{ "threads": """);
        Assert.Throws<TeeLaunchException>(() => LaunchOptions.Load(folder.Path));
        Rtee.Result environment = Rtee.Run(new Dictionary<string, string> { ["RTEE_THREADS"] = "99" }, "heaps");
        Assert.Equal(2, environment.ExitCode);
        Rtee.Result commandLine = Rtee.Run(new Dictionary<string, string> { ["RTEE_THREADS"] = "99" }, "heaps", "--threads", "2");
        Assert.Equal(0, commandLine.ExitCode);
    }

    [Fact]
    public void A_ta_folder_with_something_wrong_in_it_is_said_and_the_rest_is_served()
    {
        using var folder = new Rtee.Folder();
        string good = Path.Combine(Repository.TestTas, "RestrictedTee.TestTas.dll");
        File.WriteAllText(Path.Combine(folder.Path, "broken.dll"), "this is no assembly");
        Directory.CreateDirectory(Path.Combine(folder.Path, "a"));
        File.Copy(good, Path.Combine(folder.Path, "a", "One.dll"));
        File.Copy(Path.Combine(Repository.TestTas, "RestrictedTee.TestContract.dll"), Path.Combine(folder.Path, "a", "RestrictedTee.TestContract.dll"));
        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { TaDir = folder.Path });
        using TeeContext context = environment.OpenContext();

        Assert.Contains(environment.TaFolderProblems, problem => problem.Contains("broken.dll", StringComparison.Ordinal));
        using TeeSession session = context.OpenSession(TestTa.Properties);
        Assert.Equal(TeecResult.ItemNotFound, context.TryOpenSession(Guid.NewGuid(), TeecLogin.Public, 0, null, out _, out _));
    }

    [Fact]
    public void Of_two_tas_with_one_uuid_neither_is_served()
    {
        using var folder = new Rtee.Folder();
        string good = Path.Combine(Repository.TestTas, "RestrictedTee.TestTas.dll");
        foreach (string name in new[] { "a", "b" })
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, name));
            File.Copy(good, Path.Combine(folder.Path, name, "Ta.dll"));
        }

        using TeeEnvironment environment = TeeEnvironment.Launch(new LaunchOptions { TaDir = folder.Path });
        using TeeContext context = environment.OpenContext();

        Assert.Contains(environment.TaFolderProblems, problem => problem.Contains("neither is served", StringComparison.Ordinal));
        Assert.Equal(TeecResult.ItemNotFound, context.TryOpenSession(TestTa.Properties, TeecLogin.Public, 0, null, out _, out _));
    }

    [Fact]
    public void Other_processes_cannot_read_the_secure_world()
    {
        using TeeEnvironment environment = TeeEnvironment.Launch();
        string status = File.ReadAllText($"/proc/{environment.SecureWorldPid}/status");

        (bool gotIn, string answer) = NormalWorld.Interop.MemoryProbe.ReadPools($"/proc/{environment.SecureWorldPid}");

        Assert.Contains("RestrictedTee", status, StringComparison.OrdinalIgnoreCase);
        // Root may read ordinary memory of any process; only secretmem keeps it out. See docs/honesty.md.
        if (environment.MemoryProtection == "secretmem" || Environment.UserName != "root")
            Assert.False(gotIn, answer);
        // The port's name ends in when the process started: one of an earlier process of this number, which was killed, may still lie there.
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{environment.SecureWorldPid}-{StartOf(environment.SecureWorldPid)}-*"), _ => true);
    }

    /// <summary>When a process started, in the kernel's ticks: field 22 of proc_pid_stat(5), behind a name that may hold anything.</summary>
    private static string StartOf(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
    }
}
