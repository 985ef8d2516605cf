using System.CommandLine;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using Spectre.Console;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee abi</c>: every call of every ABI, and how far it is served. Printed from the tables that dispatch is held to.</summary>
internal static class AbiCommand
{
    internal static readonly AbiSurface[] Surfaces = [OpteeSmc.Calls, FfaCalls.Surface, OpteeFfa.Services, OpteeMsg.Commands, OpteeRpc.Commands, UteeCalls.Surface, IoctlTables.Surface, SipDevices.Calls, IoctlTables.SmafSurface, FfaUserIoctls.Surface];

    internal static Command Create()
    {
        var key = new Argument<string?>("SURFACE") { Description = $"One of {string.Join(", ", Surfaces.Select(s => s.Key))}; all when none is given", Arity = ArgumentArity.ZeroOrOne };
        var markdown = new Option<bool>("--markdown") { Description = "Print the page in docs/abi.md" };
        var command = new Command("abi", "Show every call of every ABI and how far it is served.") { key, markdown };
        command.SetAction(result =>
        {
            AbiSurface[] chosen = [.. Surfaces.Where(s => result.GetValue(key) is not { } wanted || s.Key == wanted)];
            if (chosen.Length == 0)
            {
                System.Console.Error.WriteLine($"rtee: there is no ABI '{result.GetValue(key)}'; there are {string.Join(", ", Surfaces.Select(s => s.Key))}.");
                return ExitCodes.Usage;
            }

            if (result.GetValue(markdown))
                System.Console.Write(Markdown(chosen));
            else
                Array.ForEach(chosen, Print);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The page of docs/abi.md; a test compares it with the file.</summary>
    internal static string Markdown(IEnumerable<AbiSurface> surfaces)
    {
        var text = new System.Text.StringBuilder();
        text.Append("# The ABIs, call by call\n\nMade by `./rtee abi --markdown` from the tables that dispatch is held to; do not edit by hand.\n");
        foreach (AbiSurface surface in surfaces)
        {
            text.Append($"\n## {surface.Title}\n\nSource: {surface.Source}.\n\n| number | name | served | note |\n|---|---|---|---|\n");
            foreach (AbiRow row in surface.Rows)
                text.Append($"| {Number(row)} | `{row.Name}` | {row.Support.ToString().ToLowerInvariant()} | {row.Note.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal)} |\n");
        }

        return text.ToString();
    }

    private static void Print(AbiSurface surface)
    {
        Table table = Tables.Create().AddColumn("number", c => c.NoWrap()).AddColumn("name").AddColumn("served", c => c.NoWrap()).AddColumn("note");
        foreach (AbiRow row in surface.Rows)
            table.AddRow(Number(row), row.Name, row.Support.ToString().ToLowerInvariant(), Markup.Escape(row.Note));
        Tables.Print(table, $"[bold]{Markup.Escape(surface.Title)}[/] ({Markup.Escape(surface.Source)})");
    }

    private static string Number(AbiRow row) => row.Number < 256 ? row.Number.ToString() : $"0x{row.Number:x8}";
}
