using System.CommandLine;
using System.ComponentModel;
using System.Runtime.InteropServices;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.CommandLine.DropIn;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Seccomp;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee run</c>: any program that opens /dev/tee0, as it is.</summary>
internal static class RunCommand
{
    private const int NotFound = 127, NotExecutable = 126; // as shells say it
    private const int NoSuchFile = 2, Busy = 16;

    internal static Command Create()
    {
        var program = new Argument<string[]>("PROGRAM") { Description = "The program and its arguments, behind '--'", Arity = ArgumentArity.ZeroOrMore };
        var patches = new Option<bool>("--rstmem") { Description = "Show the devices as the patches for TEE_IOC_RSTMEM_ALLOC have them, instead of mainline's" };
        var supplicant = new Option<string?>("--supplicant") { Description = "Who loads trusted applications: internal, or external, a tee-supplicant that is among the programs [internal]", HelpName = "WHO" };
        var libteec = new Option<bool>("--libteec") { Description = "Give the program libteec.so.2 (LD_LIBRARY_PATH) instead of devices; nothing of it is filtered then" };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Write each call of a device to standard error, decoded" };
        var command = new Command("run", "Run a program, and whatever it starts, with /dev/tee0, /dev/teepriv0 and /dev/dma_heap/* as if they were there: rtee run [options] -- PROGRAM ARGUMENTS…") { program, patches, supplicant, libteec, verbose };
        var tee = new TeeOptions(command, canConnect: true);
        command.Validators.Add(result =>
        {
            if (result.GetValue(program) is not { Length: > 0 })
                result.AddError("run has no program to run; it stands behind '--': rtee run [options] -- PROGRAM ARGUMENTS…");
            if (tee.IsConnected(result) && result.GetResult(supplicant) is { Implicit: false })
                result.AddError("--supplicant says how a TEE is started; the one that --connect names is up already.");
            if (result.GetResult(libteec) is { Implicit: false } && Array.Find([patches, verbose], option => result.GetResult(option) is { Implicit: false }) is { } useless)
                result.AddError($"{useless.Name} is about devices, of which a program that uses --libteec sees none.");
        });
        command.SetAction(result =>
        {
            // What the terminal sends goes to the program too, which decides.
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
            using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => context.Cancel = true);
            string[] words = result.GetValue(program)!;
            string? library = result.GetValue(libteec) ? LibTeecFolder.Find() : null;
            var options = new ClientOptions(
                result.GetValue(patches) ? DeviceFace.RestrictedMemoryPatches : DeviceFace.Mainline, result.GetValue(verbose) ? System.Console.Error : null);
            string? name = tee.ConnectedTo(result);
            using TeeEnvironment? environment = name is null ? Launching.Launch(WithSupplicant(tee.ToLaunchOptions(result), result.GetValue(supplicant))) : null;
            try
            {
                if (library is null)
                    return environment?.RunClient(words, options) ?? TeeEnvironment.RunClientOf(name!, words, options);
                environment?.Serve();
                return LibTeecRun.Run(name ?? Path.GetFileName(environment!.RunFolderPath), words, library);
            }
            catch (Win32Exception e)
            {
                System.Console.Error.WriteLine(e.NativeErrorCode == Busy
                    ? "rtee: this runs below another 'rtee run' already, or below another program that filters system calls; there is room for one."
                    : $"rtee: '{words[0]}' cannot be run: {e.Message}");
                return e.NativeErrorCode == NoSuchFile ? NotFound : NotExecutable;
            }
        });
        return command;
    }

    private static LaunchOptions WithSupplicant(LaunchOptions options, string? supplicant) => options with { Supplicant = supplicant ?? options.Supplicant };
}
