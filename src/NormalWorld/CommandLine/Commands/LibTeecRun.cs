using System.ComponentModel;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Seccomp;

namespace RestrictedTee.CommandLine.Commands;

/// <summary>
/// <c>rtee run --libteec</c>: a program that is linked against libteec.so.2, with ours in its place. Nothing of it is filtered, so it also runs
/// where seccomp is closed, and has a debugger.
/// </summary>
internal static class LibTeecRun
{
    private const string SearchPath = "LD_LIBRARY_PATH";

    /// <summary>Runs it.</summary>
    /// <param name="instance">The name of the TEE that serves it.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="folder">Where the library is.</param>
    /// <returns>Its exit status, or 128 and the signal that ended it.</returns>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    internal static int Run(string instance, IReadOnlyList<string> command, string folder)
    {
        string library = Path.Combine(folder, "lib");
        string? others = Environment.GetEnvironmentVariable(SearchPath);
        Environment.SetEnvironmentVariable(SearchPath, string.IsNullOrEmpty(others) ? library : $"{library}:{others}");
        Environment.SetEnvironmentVariable(RunRoot.Variable, RunFolder.Root);
        Environment.SetEnvironmentVariable(LaunchOptions.ConnectVariable, instance);
        using var spawn = new ProcessSpawn(command);
        return ChildProcess.Wait(spawn.Start(), Libc.WExited) is >= 0 and var status ? status : ChildProcess.SignalledBase;
    }
}
