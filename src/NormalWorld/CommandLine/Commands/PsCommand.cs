using System.CommandLine;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Serving;
using Spectre.Console;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee ps</c>: the calls that are under way in a TEE that is up.</summary>
internal static class PsCommand
{
    internal static Command Create()
    {
        var connect = InstanceName();
        var command = new Command("ps", "List the calls that are under way in the TEE that 'rtee up' keeps running.") { connect };
        command.SetAction(result =>
        {
            using RemoteDevice device = RemoteDevice.Connect(RunFolder.SocketOf(result.GetValue(connect) ?? RunFolder.DefaultName));
            IReadOnlyList<CallInfo> calls = device.GetCalls();
            if (calls.Count == 0)
            {
                System.Console.WriteLine("No call is under way.");
                return ExitCodes.Success;
            }

            Table table = Tables.Create()
                .AddColumns("session", "trusted application", "command")
                .AddColumn("pid", c => c.RightAligned()).AddColumn("seconds", c => c.RightAligned());
            foreach (CallInfo call in calls)
            {
                table.AddRow(
                    call.Command is null ? "-" : $"{call.Session:x8}", call.Ta.ToString(), call.Command?.ToString() ?? "opens a session",
                    call.Pid.ToString(), $"{call.Milliseconds / 1000.0:0.0}");
            }

            Tables.Print(table);
            return ExitCodes.Success;
        });
        return command;
    }

    internal static Option<string> InstanceName() =>
        new("--connect") { Description = "Name of the TEE that is up", HelpName = "NAME", DefaultValueFactory = _ => RunFolder.DefaultName, Arity = ArgumentArity.ZeroOrOne };
}
