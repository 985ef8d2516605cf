using System.Diagnostics;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>What the launcher does around the secure world: starting it again, and with what environment.</summary>
public sealed class RestartTests
{
    private static readonly string SecureWorld = Path.Combine(Repository.Root, "artifacts", "secureworld", Repository.Configuration, "RestrictedTee.SecureWorld");

    [Theory]
    [InlineData("exit 3")] // dies before it connects
    [InlineData("exec REAL \"$@\" --conduit Ffa")] // is up, and speaks another ABI than the driver: ENODEV
    public void A_restart_that_fails_is_tried_again(string secondStart)
    {
        using var folder = new Rtee.Folder();
        string starts = Path.Combine(folder.Path, "starts");
        string program = Shell.Program(
            Path.Combine(folder.Path, "secure-world"),
            $"echo start >> {starts}; if [ $(wc -l < {starts}) -eq 2 ]; then {secondStart.Replace("REAL", SecureWorld, StringComparison.Ordinal)}; fi; exec {SecureWorld} \"$@\"");
        using var up = Rtee.Up.With(new Dictionary<string, string> { ["RTEE_SECURE_WORLD"] = program }, "--restart");

        Process.GetProcessById(up.SecureWorldPid).Kill();
        string? line;
        do
            line = up.Process.StandardError.ReadLine();
        while (line is not null && !line.Contains("a new one is up", StringComparison.Ordinal));

        Assert.NotNull(line);
        Assert.Equal(3, File.ReadAllLines(starts).Length);
        Assert.Equal(0, up.Run("heaps", "--connect").ExitCode);
    }

    [Fact]
    public void The_secure_world_is_given_no_variable_that_lets_memory_out_or_code_in()
    {
        using var folder = new Rtee.Folder();
        string seen = Path.Combine(folder.Path, "seen");
        string program = Shell.Program(Path.Combine(folder.Path, "secure-world"), $"env > {seen}; exec {SecureWorld} \"$@\"");
        string[] hostile =
        [
            "DOTNET_DbgEnableMiniDump", "DOTNET_DbgMiniDumpType", "DOTNET_DbgMiniDumpName", "COMPlus_DbgEnableMiniDump", "DOTNET_STARTUP_HOOKS_",
            "CORECLR_ENABLE_PROFILING", "CORECLR_PROFILER", "DOTNET_EnableEventPipe", "DOTNET_DiagnosticPorts", "DOTNET_EnableDiagnostics", "LD_AUDIT_",
        ];
        Dictionary<string, string> variables = hostile.ToDictionary(name => name, _ => "1");
        variables["CORECLR_ENABLE_PROFILING"] = "0"; // the launcher itself would look for the profiler
        variables["DOTNET_DiagnosticPorts"] = "";
        variables["RTEE_SECURE_WORLD"] = program;

        Rtee.Result result = Rtee.Run(variables, "heaps");

        Assert.True(result.ExitCode == 0, result.Errors);
        string[] lines = File.ReadAllLines(seen);
        Assert.Contains("DOTNET_DbgEnableMiniDump=0", lines);
        Assert.Contains("DOTNET_EnableDiagnostics=0", lines);
        Assert.Contains($"RTEE_SECURE_WORLD={program}", lines);
        string[] expected = ["DOTNET_DbgEnableMiniDump", "DOTNET_EnableDiagnostics", "DOTNET_TieredCompilation", "SSL_CERT_FILE", "SSL_CERT_DIR", "PWD", "OLDPWD", "SHLVL", "_"];
        Assert.All(lines.Select(line => line.Split('=')[0]), name => Assert.True(SecureWorldVariables.IsPassed(name) || expected.Contains(name), name));
        Assert.DoesNotContain(hostile, SecureWorldVariables.IsPassed);
    }
}
