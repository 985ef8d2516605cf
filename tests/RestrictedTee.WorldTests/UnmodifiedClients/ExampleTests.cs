using System.Security.Cryptography;
using System.Text.RegularExpressions;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;
using RestrictedTee.WorldTests.Walkthrough;

namespace RestrictedTee.WorldTests.UnmodifiedClients;

/// <summary>The clients in <c>examples/</c>, built by the line that the README has for each. ReadmeTests runs the same lines.</summary>
[Collection(ReadmeTests.Collection)]
public sealed class ExampleTests
{
    [Example("examples/c")]
    public void The_one_in_c_runs_with_a_tee_of_its_own_and_with_one_that_is_up() => BuildAndRun("examples/c");

    [Example("examples/rust")]
    public void The_one_in_rust_runs_with_a_tee_of_its_own_and_with_one_that_is_up() => BuildAndRun("examples/rust");

    [Example("examples/go")]
    public void The_one_in_go_is_static_and_runs_with_a_tee_of_its_own_and_with_one_that_is_up()
    {
        string program = BuildAndRun("examples/go");

        // What a dynamic program names as its loader.
        Assert.DoesNotContain("ld-linux", File.ReadAllText(program), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_is_a_source_and_its_build_file() => Assert.All(ExampleAttribute.Folders, folder =>
    {
        Rtee.Result tracked = Shell.Run($"git -C '{Repository.Root}' ls-files {folder}");

        Assert.Equal(2, tracked.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    });

    /// <summary>What each prints.</summary>
    /// <param name="ownMemory">Whether the TEE can see memory that the program has already.</param>
    internal static string Output(bool ownMemory)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData("abc"u8));
        string shared = $"implementation 1\n41 becomes 42\nSHA-256 of abc in shared memory: {digest}\n";
        return ownMemory ? $"{shared}SHA-256 of abc in memory of its own: {digest}\n" : shared;
    }

    private static string BuildAndRun(string folder)
    {
        const string Run = "./rtee run -- ";
        string[] lines = [.. OutsideFolder.Readme.Split('\n').Where(line => Regex.IsMatch(line, $@"\b{folder}\b", RegexOptions.None, TimeSpan.FromSeconds(1)))];
        string build = lines.Single(line => !line.StartsWith(Run, StringComparison.Ordinal));
        string program = Path.Combine(Repository.Root, lines.Single(line => line.StartsWith(Run, StringComparison.Ordinal))[Run.Length..]);
        using var outside = new OutsideFolder();
        Rtee.Result built = outside.Run(build, Repository.Root);
        Assert.True(built.ExitCode == 0, built.Output + built.Errors);
        using var up = new Rtee.Up();

        Rtee.Result alone = Rtee.Run("run", "--", program), connected = up.Run("run", "--connect", "--", program);

        Assert.Equal((0, Output(ownMemory: true), ""), (alone.ExitCode, alone.Output, alone.Errors));
        Assert.Equal((0, Output(ownMemory: false), ""), (connected.ExitCode, connected.Output, connected.Errors));
        return program;
    }
}
