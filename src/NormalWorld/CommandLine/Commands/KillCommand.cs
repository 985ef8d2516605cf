using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Serving;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee kill</c>: ends a call that does not end, by asking its TA, or with the secure world and all.</summary>
internal static class KillCommand
{
    /// <summary>How long a TA that has been asked may take to end its call.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    internal static Command Create()
    {
        var session = new Argument<string?>("SESSION") { Description = "The session of the call, as 'rtee ps' shows it", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--restart") { Description = "End the secure world with all that runs in it; 'up --restart' starts a new one" };
        Option<string> connect = PsCommand.InstanceName();
        var command = new Command("kill", "Cancel a call that is under way, or end the secure world when its TA does not heed that.") { session, all, connect };
        command.SetAction(result =>
        {
            string? text = result.GetValue(session);
            if (result.GetValue(all) == text is not null)
            {
                System.Console.Error.WriteLine("rtee: kill takes either a session, as 'rtee ps' shows it, or --restart.");
                return ExitCodes.Usage;
            }

            uint number = 0;
            if (text is not null && !uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number))
            {
                System.Console.Error.WriteLine($"rtee: '{text}' is no session; 'rtee ps' shows them as eight hex digits.");
                return ExitCodes.Usage;
            }

            using RemoteDevice device = RemoteDevice.Connect(RunFolder.SocketOf(result.GetValue(connect) ?? RunFolder.DefaultName));
            return text is null ? End(device) : Cancel(device, number);
        });
        return command;
    }

    private static int End(RemoteDevice device)
    {
        device.EndSecureWorld();
        System.Console.WriteLine("The secure world has been ended.");
        return ExitCodes.Success;
    }

    private static int Cancel(RemoteDevice device, uint session)
    {
        device.CancelCall(session);
        var watch = Stopwatch.StartNew();
        while (device.GetCalls().Any(call => call.Command is not null && call.Session == session))
        {
            if (watch.Elapsed > Patience)
            {
                System.Console.Error.WriteLine(
                    $"rtee: the trusted application in session {session:x8} does not heed its cancellation. Nothing but the end of the secure world ends it: rtee kill --restart.");
                return ExitCodes.Failed;
            }

            Thread.Sleep(20);
        }

        System.Console.WriteLine($"The call in session {session:x8} has ended.");
        return ExitCodes.Success;
    }
}
