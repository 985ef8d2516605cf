using System.Diagnostics;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Walkthrough;

/// <summary>A folder outside of the repository, with the projects of the README in it, and a shell to work there.</summary>
internal sealed class OutsideFolder : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);

    private readonly Rtee.Folder _folder = new();

    internal OutsideFolder()
    {
        Environment["RTEE_RUN_DIR"] = Path.Combine(_folder.Path, "run");
        Project = Write("greeter", "Greeter");
        Client = Write("client", "Client");
        File.WriteAllText(Path.Combine(Project, "hello.c"), BlockAfter("`hello.c`", "c"));
    }

    internal static string Readme { get; } = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    /// <summary>What the shell knows; nothing of the repository, until the README says so.</summary>
    internal Dictionary<string, string> Environment { get; } = [];

    /// <summary>The trusted application's project.</summary>
    internal string Project { get; }

    /// <summary>The client's project.</summary>
    internal string Client { get; }

    /// <summary>Sets the variables of a line <c>export NAME=…</c>, as a shell in the clone would.</summary>
    internal void Export(string line)
    {
        string name = line.Split(' ', '=')[1];
        Rtee.Result result = Run($"{line} && printf %s \"${name}\"", Repository.Root);
        Environment[name] = result.Output;
    }

    internal Rtee.Result Run(string line, string folder)
    {
        using Process process = Start(line, folder);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(Deadline), $"'{line}' did not end in time.");
        return new Rtee.Result(process.ExitCode, output.Result, errors.Result);
    }

    internal Process Start(string line, string folder)
    {
        var start = new ProcessStartInfo("sh") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);
        // What dotnet test sets for its own children must not reach a build that stands on its own.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || k is "RTEE" or "DOTNET_HOST_PATH" or "VSTEST_CONNECTION_TIMEOUT").ToArray())
            start.Environment.Remove(name);
        foreach ((string key, string value) in Environment)
            start.Environment[key] = value;
        return Process.Start(start)!;
    }

    public void Dispose() => _folder.Dispose();

    private string Write(string folder, string name)
    {
        string path = Directory.CreateDirectory(Path.Combine(_folder.Path, folder)).FullName;
        File.WriteAllText(Path.Combine(path, $"{name}.csproj"), BlockAfter($"`{name}.csproj`", "xml"));
        File.WriteAllText(Path.Combine(path, $"{name}.cs"), BlockAfter($"`{name}.cs`", "csharp"));
        return path;
    }

    private static string BlockAfter(string mark, string language)
    {
        string fence = $"```{language}\n";
        int start = Readme.IndexOf(fence, Readme.IndexOf(mark, StringComparison.Ordinal), StringComparison.Ordinal) + fence.Length;
        return Readme[start..Readme.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
