using System.CommandLine;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.SmcTransport.TaImages;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee pack</c>: trusted applications as files UUID.ta, for a supplicant that is a program of its own.</summary>
internal static class PackCommand
{
    internal static Command Create()
    {
        var from = new Argument<string>("DIR") { Description = "Folder of trusted applications, as for --ta-dir" };
        var to = new Option<string>("--output", "-o") { Description = "Folder for the files [.]", DefaultValueFactory = _ => ".", HelpName = "DIR" };
        var command = new Command("pack", "Make each trusted application of a folder a file UUID.ta, which a tee-supplicant finds ('run --supplicant external').") { from, to };
        command.SetAction(result =>
        {
            if (!Directory.Exists(result.GetValue(from)))
            {
                System.Console.Error.WriteLine($"rtee: there is no folder '{result.GetValue(from)}'.");
                return ExitCodes.Usage;
            }

            TaCatalogue found = TaCatalogue.Scan(result.GetValue(from)!);
            foreach (string problem in found.Problems)
                System.Console.Error.WriteLine($"rtee: warning: {problem}");
            if (found.Entries.Count == 0)
            {
                System.Console.Error.WriteLine($"rtee: folder '{result.GetValue(from)}' has no trusted application.");
                return ExitCodes.Failed;
            }

            Directory.CreateDirectory(result.GetValue(to)!);
            foreach (TaEntry entry in found.Entries)
            {
                string file = Path.Combine(result.GetValue(to)!, $"{entry.Uuid}.ta");
                File.WriteAllBytes(file, TaCatalogue.Pack(entry));
                System.Console.WriteLine(file);
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
