using System.CommandLine;
using System.ComponentModel;
using System.Runtime.InteropServices;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.CommandLine.DropIn;
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
        var program = new Argument<string[]>("PROGRAM") { Description = "The program and its arguments, behind '--'", Arity = ArgumentArity.OneOrMore };
        var patches = new Option<bool>("--rstmem") { Description = "Show the devices as the patches for TEE_IOC_RSTMEM_ALLOC have them, instead of mainline's" };
        var supplicant = new Option<string?>("--supplicant") { Description = "Who loads trusted applications: internal, or external, a tee-supplicant that is among the programs [internal]", HelpName = "WHO" };
        var libteec = new Option<bool>("--libteec") { Description = "Give the program libteec.so.2 (LD_LIBRARY_PATH) instead of devices; nothing of it is filtered then" };
        var command = new Command("run", "Run a program, and whatever it starts, with /dev/tee0, /dev/teepriv0 and /dev/dma_heap/* as if they were there.") { program, patches, supplicant, libteec };
        var tee = new TeeOptions(command, canConnect: false);
        command.SetAction(result =>
        {
            string? library = result.GetValue(libteec) ? LibTeecFolder.Find() : null;
            using var environment = TeeEnvironment.Launch(WithSupplicant(tee.ToLaunchOptions(result), result.GetValue(supplicant)));

            // What the terminal sends goes to the program too, which decides.
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
            using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => context.Cancel = true);
            string[] words = result.GetValue(program)!;
            try
            {
                return library is not null ? LibTeecRun.Run(environment, words, library) : environment.RunClient(words, result.GetValue(patches) ? DeviceFace.RestrictedMemoryPatches : DeviceFace.Mainline);
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
