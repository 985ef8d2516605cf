using System.Diagnostics;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.WorldTests.Harness;

/// <summary>The command line as a process, as a user would run it.</summary>
internal static class Rtee
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    internal static string Program { get; } = Path.Combine(Repository.Root, "src", "NormalWorld", "CommandLine", "bin", Repository.Configuration, "net10.0", "rtee");

    internal sealed record Result(int ExitCode, string Output, string Errors);

    internal static Result Run(params string[] arguments) => Run(environment: null, arguments);

    internal static Result Run(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using Process process = Start(environment, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Deadline))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"rtee {string.Join(' ', arguments)} did not end in time.");
        }

        return new Result(process.ExitCode, output.Result, errors.Result);
    }

    internal static Process Start(IReadOnlyDictionary<string, string>? environment, params string[] arguments) => StartProgram(Program, environment, arguments);

    private static Process StartProgram(string program, IReadOnlyDictionary<string, string>? environment, string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Path.GetTempPath() };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach ((string key, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;
        return Process.Start(start)!;
    }

    /// <summary>A folder for one test, removed afterwards.</summary>
    internal sealed class Folder : IDisposable
    {
        internal string Path { get; } = Directory.CreateTempSubdirectory("rtee").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    /// <summary><c>rtee up</c> in a run folder of its own.</summary>
    internal sealed class Up : IDisposable
    {
        private readonly Folder _folder = new();
        private readonly Process _process;

        internal Up(params string[] arguments)
            : this(Program, ["up", .. arguments], variables: null)
        {
        }

        private Up(string program, string[] arguments, IReadOnlyDictionary<string, string>? variables)
        {
            var environment = new Dictionary<string, string>(variables ?? new Dictionary<string, string>()) { ["RTEE_RUN_DIR"] = _folder.Path };
            Environment = environment;
            _process = StartProgram(program, environment, arguments);
            string? line = _process.StandardOutput.ReadLine();
            Assert.True(line?.Contains("is up", StringComparison.Ordinal), line ?? _process.StandardError.ReadToEnd());
            SecureWorldPid = int.Parse(line!.Split("secure world pid ")[1].Split(',')[0]);
        }

        /// <summary>Through a line of shell, which ends in <c>exec "$0" "$@"</c>.</summary>
        internal static Up Through(string script, params string[] arguments) => new("/bin/sh", ["-c", script, Program, "up", .. arguments], variables: null);

        /// <summary>With variables of its own in the environment.</summary>
        internal static Up With(IReadOnlyDictionary<string, string> variables, params string[] arguments) => new(Program, ["up", .. arguments], variables);

        internal IReadOnlyDictionary<string, string> Environment { get; }

        internal int SecureWorldPid { get; }

        internal Process Process => _process;

        internal string Socket => System.IO.Path.Combine(_folder.Path, "default", "tee");

        internal Result Run(params string[] arguments) => Rtee.Run(Environment, arguments);

        public void Dispose()
        {
            if (!_process.HasExited)
                _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _folder.Dispose();
        }
    }

    internal static bool IsAlive(int pid) => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal);
}
