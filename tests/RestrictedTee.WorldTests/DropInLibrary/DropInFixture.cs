using System.Diagnostics;
using System.Runtime.CompilerServices;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.DropInLibrary;

/// <summary>The library, built as a user builds it, and a program in C that is linked against it.</summary>
public sealed class DropInFixture : IDisposable
{
    private readonly CProgram? _client;

    public DropInFixture()
    {
        if (!ToolchainFactAttribute.IsThere)
            return;
        string project = System.IO.Path.Combine(Repository.Root, "src", "NormalWorld", "LibTeec", "RestrictedTee.LibTeec.csproj");
        using Process build = Process.Start(new ProcessStartInfo("dotnet",
            ["publish", project, "--configuration", Repository.Configuration, "--use-current-runtime", $"-p:RteeLibTeec={Folder}", "--nologo", "--verbosity", "quiet", "-nodeReuse:false"])
        { RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        Assert.True(build.ExitCode == 0, output);
        _client = new CProgram(
            System.IO.Path.Combine(System.IO.Path.GetDirectoryName(ThisFile())!, "client.c"), "-Wall", "-Werror", $"-I{Folder}/include", $"-L{Folder}/lib", "-lteec");
    }

    /// <summary>Where library, headers and pkg-config file are installed.</summary>
    internal static string Folder { get; } = System.IO.Path.Combine(Repository.Root, "artifacts", "libteec-of-tests");

    internal static string Library { get; } = System.IO.Path.Combine(Folder, "lib", "libteec.so.2");

    /// <summary>The program.</summary>
    internal string Client => _client!.Path;

    /// <summary>With a TEE of its own.</summary>
    internal Rtee.Result Run(params string[] arguments) =>
        Rtee.Run(new Dictionary<string, string> { ["RTEE_LIBTEEC"] = Folder }, ["run", "--libteec", "--", Client, .. arguments]);

    /// <summary>With one that is up.</summary>
    internal Process Start(Rtee.Up up, string what) => Shell.Start(
        $"exec '{Client}' {what}", new Dictionary<string, string>(up.Environment) { ["LD_LIBRARY_PATH"] = System.IO.Path.Combine(Folder, "lib") });

    public void Dispose() => _client?.Dispose();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
