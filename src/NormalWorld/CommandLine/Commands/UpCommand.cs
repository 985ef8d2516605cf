using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Launch;
using Serilog;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee up</c>: both worlds in the foreground, serving other processes of this user.</summary>
internal static class UpCommand
{
    internal static Command Create()
    {
        var name = new Option<string>("--name") { Description = "Instance name, by which clients find it", DefaultValueFactory = _ => RunFolder.DefaultName, HelpName = "NAME" };
        var restart = new Option<bool>("--restart") { Description = "Start a new secure world when the running one dies" };
        var command = new Command("up", "Keep both worlds running in the foreground and serve other processes of this user; Ctrl+C stops them.") { name, restart };
        var tee = new TeeOptions(command, canConnect: false);
        command.SetAction(result => Run(tee.ToLaunchOptions(result) with
        {
            Name = result.GetValue(name),
            RestartOnFailure = result.GetValue(restart) || tee.ToLaunchOptions(result).RestartOnFailure,
        }));
        return command;
    }

    private const int LookAroundMilliseconds = 1000;

    private static int Run(LaunchOptions options)
    {
        var watch = Stopwatch.StartNew();
        using TeeEnvironment environment = Launching.Launch(options);
        environment.Serve();
        (Log.Logger as LateLogger)?.Prepare();
        foreach (string problem in environment.TaFolderProblems)
            System.Console.Error.WriteLine($"rtee: warning: {problem}");
        string tas = options.TaDir is null ? "" : $", {environment.TaFolderCount} TA(s) in {options.TaDir}";
        System.Console.WriteLine($"TEE '{options.Name}' is up in {watch.ElapsedMilliseconds} ms: secure world pid {environment.SecureWorldPid}, its memory kept by {environment.MemoryProtection}{tas}");
        System.Console.WriteLine($"Serving at {Path.Combine(environment.RunFolderPath, "tee")}; stop with Ctrl+C");
        System.Console.Out.Flush();

        using var stop = new ManualResetEventSlim();
        using var died = new ManualResetEventSlim();
        using var status = new StatusLine();
        environment.SecureWorldDied += restarted =>
        {
            status.Clear();
            System.Console.Error.WriteLine(restarted
                ? $"rtee: the secure world died; a new one is up, pid {environment.SecureWorldPid}"
                : "rtee: the secure world died; start again, or use --restart");
            if (restarted)
                return;
            died.Set();
            stop.Set();
        };
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        var uptime = Stopwatch.StartNew();
        bool saidLost = false;
        while (!stop.Wait(LookAroundMilliseconds))
        {
            status.Show($"up {uptime.Elapsed:hh\\:mm\\:ss}, {environment.ClientCount} client(s)");
            if (saidLost || !environment.HasLostRunFolder)
                continue;
            saidLost = true;
            status.Clear();
            System.Console.Error.WriteLine($"rtee: warning: the run folder '{environment.RunFolderPath}' was removed or replaced; new clients do not find this TEE any more. Stop it and start it again.");
        }

        status.Clear();
        return died.IsSet ? ExitCodes.Failed : ExitCodes.Success;
    }

    private static void Stop(PosixSignalContext context, ManualResetEventSlim stop)
    {
        context.Cancel = true;
        stop.Set();
    }
}
