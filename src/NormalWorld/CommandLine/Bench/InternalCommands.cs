using System.CommandLine;
using System.Text.Json;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.CommandLine.Measurement;
using RestrictedTee.CommandLine.Yardsticks;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;

namespace RestrictedTee.CommandLine.Bench;

/// <summary>The other halves of measurements; hidden, because nobody but <c>rtee bench</c> has a use for them.</summary>
internal static class InternalCommands
{
    internal const string PipeEchoName = "bench-pipe-echo";
    internal const string FirstCallName = "bench-first-call";
    internal const string RoundTripsName = "bench-round-trips";
    internal const string BusyLoopName = "bench-busy-loop";
    internal const string DropInName = "bench-drop-in";
    internal const string DeviceName = "bench-device";

    /// <summary>Sends back what comes in, 64 bytes at a time, with plain blocking reads and writes.</summary>
    internal static Command CreatePipeEcho()
    {
        var command = new Command(PipeEchoName, "Echo 64-byte messages.") { Hidden = true };
        command.SetAction(_ =>
        {
            PipeYardstick.Echo();
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Starts both worlds, makes one call, says so.</summary>
    internal static Command CreateFirstCall()
    {
        var command = new Command(FirstCallName, "Start both worlds and make one call.") { Hidden = true };
        command.SetAction(_ =>
        {
            using TeeContext tee = TeeContext.Launch();
            using TeeSession session = tee.OpenSession(HelloWorld.Uuid);
            session.Invoke(HelloWorld.CommandNothing);
            System.Console.WriteLine("answered");
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Measures round trips under whatever load and affinity it was started with, and writes the figures as one line.</summary>
    internal static Command CreateRoundTrips()
    {
        var command = new Command(RoundTripsName, "Measure round trips.") { Hidden = true };
        command.SetAction(_ =>
        {
            System.Console.WriteLine(JsonSerializer.Serialize(RoundTrips.Measured(), BenchJson.Default.RoundTrips));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Measures calls by the drop-in library, to the TEE that the environment names, and writes the figures as one line.</summary>
    internal static Command CreateDropIn()
    {
        var library = new Argument<string>("LIBRARY");
        var command = new Command(DropInName, "Measure calls by libteec.so.2.") { library };
        command.Hidden = true;
        command.SetAction(result =>
        {
            System.Console.WriteLine(JsonSerializer.Serialize(DropInFigures.Measured(result.GetValue(library)!), BenchJson.Default.DropInFigures));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Measures calls of the devices that it sees, and writes the figures to a file: its output is the terminal's.</summary>
    internal static Command CreateDevice()
    {
        var file = new Argument<string>("FILE");
        var command = new Command(DeviceName, "Measure calls of the devices.") { file };
        command.Hidden = true;
        command.SetAction(result =>
        {
            File.WriteAllText(result.GetValue(file)!, JsonSerializer.Serialize(DeviceFigures.Measured(), BenchJson.Default.DeviceFigures));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Keeps one core busy until its input closes.</summary>
    internal static Command CreateBusyLoop()
    {
        var command = new Command(BusyLoopName, "Keep a core busy.") { Hidden = true };
        command.SetAction(_ =>
        {
            bool stop = false;
            new Thread(() =>
            {
                System.Console.In.ReadToEnd();
                Volatile.Write(ref stop, true);
            })
            { IsBackground = true }.Start();
            while (!Volatile.Read(ref stop))
            {
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
