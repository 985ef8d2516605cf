using System.Diagnostics;
using System.Text.RegularExpressions;
using RestrictedTee.CommandLine.Commands;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;
using RestrictedTee.WorldTests.UnmodifiedClients;

namespace RestrictedTee.WorldTests.Walkthrough;

/// <summary>Every command in the README, exactly as printed. They build what they run, so they run one after the other.</summary>
[Collection(Collection)]
public sealed partial class ReadmeTests(ITestOutputHelper log)
{
    internal const string Collection = "builds of ./rtee";

    [Fact]
    public void Every_command_in_the_readme_does_what_it_says()
    {
        using var outside = new OutsideFolder();
        Process? up = null;
        var outputs = new List<string>();
        try
        {
            foreach (string block in ShellBlocks())
            {
                if (block.Trim() == "dotnet test")
                    continue; // this is it
                string[] lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries);
                bool inProject = block.Contains("$RTEE", StringComparison.Ordinal) || block.StartsWith("dotnet build", StringComparison.Ordinal);
                foreach (string line in lines)
                {
                    string where = inProject ? outside.Project : line.Contains("Client.csproj", StringComparison.Ordinal) ? outside.Client : Repository.Root;
                    if (line.StartsWith("export ", StringComparison.Ordinal))
                    {
                        outside.Export(line);
                    }
                    else if (line.Contains("rtee\" up", StringComparison.Ordinal) || line.EndsWith("rtee up", StringComparison.Ordinal))
                    {
                        Stop(up);
                        up = StartUp(outside, line, where);
                    }
                    else if (line.StartsWith("openssl ", StringComparison.Ordinal) && !HasOpenSsl())
                    {
                        log.WriteLine("SKIPPED as printed: this machine has no openssl; its output is made another way.");
                        EncryptAsPrinted(line);
                    }
                    else if (block.Contains("libteec", StringComparison.Ordinal) && !ToolchainFactAttribute.IsThere)
                    {
                        log.WriteLine($"SKIPPED: '{line}' needs gcc or clang.");
                    }
                    else if (ExampleAttribute.MissingFor(block) is { } missing)
                    {
                        log.WriteLine($"SKIPPED: '{line}' needs {missing}.");
                    }
                    else
                    {
                        outputs.Add(RunLine(outside, line, where));
                    }
                }
            }
        }
        finally
        {
            Stop(up);
        }

        string all = string.Join('\n', outputs);
        Assert.Contains("all 5 parts passed", all, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower("Hello, world!"u8), all, StringComparison.Ordinal);
        Assert.Equal(ToolchainFactAttribute.IsThere, outputs.Contains("41 becomes 42\n"));
        Assert.Equal(ExampleAttribute.Folders.Count(folder => ExampleAttribute.MissingFor(folder) is null), outputs.Count(output => output == ExampleTests.Output(ownMemory: true)));
        Assert.Contains("Hello, world!\nlent to 0x8002: 00 is what is left to see", all, StringComparison.Ordinal);
        Assert.Contains("1 frame shown from protected,secure-video\nback into ordinary memory: E", all, StringComparison.Ordinal);
        Assert.Contains($"What a person in front of the device sees: {Path.Combine(Repository.Root, "screen.png")}", all, StringComparison.Ordinal);
        Assert.Contains(outputs, output => output.TrimStart().StartsWith("fault ", StringComparison.Ordinal)); // of 'rtee faults'
        string digest = outputs.First(o => o.Contains("/tmp/content\n", StringComparison.Ordinal)).Split(' ')[0];
        Assert.Contains($"sha256 {digest}", all, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_the_abis_is_the_one_that_the_tables_make()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "abi.md"));

        Assert.Equal(AbiCommand.Markdown(AbiCommand.Surfaces), page);
    }

    [Fact]
    public void The_settings_page_lists_every_setting()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

        Assert.All(typeof(NormalWorld.Launch.LaunchOptions).GetProperties(), property =>
            Assert.Contains($"`RTEE_{Humps().Replace(property.Name, "_$0").ToUpperInvariant()}`", page, StringComparison.Ordinal));
    }

    private static bool HasOpenSsl() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "openssl")));

    private static void EncryptAsPrinted(string line)
    {
        string[] words = line.Split(' ');
        string After(string option) => words[Array.IndexOf(words, option) + 1];
        byte[] content = File.ReadAllBytes(After("-in"));
        byte[] counters = new byte[(content.Length + 15) / 16 * 16];
        var counter = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(Convert.FromHexString(After("-iv")));
        for (int block = 0; block < counters.Length; block += 16)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(counters.AsSpan(block), counter++);
        using var aes = System.Security.Cryptography.Aes.Create();
        aes.Key = Convert.FromHexString(After("-K"));
        byte[] keystream = aes.EncryptEcb(counters, System.Security.Cryptography.PaddingMode.None);
        for (int i = 0; i < content.Length; i++)
            content[i] ^= keystream[i];
        File.WriteAllBytes(After("-out"), content);
    }

    private static IEnumerable<string> ShellBlocks() => ShellBlock().Matches(OutsideFolder.Readme).Select(match => match.Groups[1].Value);

    private static string RunLine(OutsideFolder outside, string line, string folder)
    {
        Rtee.Result result = outside.Run(line, folder);
        bool playedAsRootWithoutSecretMemory = line.Contains("play", StringComparison.Ordinal) && result.Output.Contains("GOT IN", StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0 || playedAsRootWithoutSecretMemory, $"'{line}' exited with {result.ExitCode}:\n{result.Output}\n{result.Errors}");
        Assert.DoesNotContain(": warning ", result.Output, StringComparison.Ordinal);
        return result.Output;
    }

    private static Process StartUp(OutsideFolder outside, string line, string folder)
    {
        Process process = outside.Start("exec " + line, folder);
        string? first = process.StandardOutput.ReadLine();
        Assert.True(first?.Contains("is up", StringComparison.Ordinal), first ?? process.StandardError.ReadToEnd());
        return process;
    }

    private static void Stop(Process? process)
    {
        if (process is null)
            return;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Humps();

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
