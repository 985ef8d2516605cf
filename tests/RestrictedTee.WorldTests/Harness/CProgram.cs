using System.Diagnostics;

namespace RestrictedTee.WorldTests.Harness;

/// <summary>A program in C that is compiled on the spot.</summary>
internal sealed class CProgram : IDisposable
{
    private readonly Rtee.Folder _folder = new();

    /// <param name="source">One file.</param>
    /// <param name="options">What comes after it on the compiler's command line.</param>
    internal CProgram(string source, params string[] options)
    {
        Path = System.IO.Path.Combine(_folder.Path, "client");
        using Process compiler = Process.Start(new ProcessStartInfo(Compiler!, ["-O1", "-pthread", "-o", Path, source, .. options]) { RedirectStandardError = true, UseShellExecute = false })!;
        string errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, errors);
    }

    /// <summary>The compiler of this machine; null when it has none.</summary>
    internal static string? Compiler { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => new[] { "cc", "gcc", "clang" }.Select(name => System.IO.Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>The program.</summary>
    internal string Path { get; }

    public void Dispose() => _folder.Dispose();
}
