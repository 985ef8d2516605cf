using System.CommandLine;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.CommandLine.Demo;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using Spectre.Console;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee demo</c>: a picture through the secure data path onto the screen, and what the normal world sees of it.</summary>
internal static class DemoCommand
{
    private const string DefaultScreen = "screen.png";

    internal static Command Create()
    {
        var command = new Command("demo", $"Show an encrypted picture by the secure data path, try to get at it at every step, and write what the screen shows to {DefaultScreen} (or --screen).");
        var tee = new TeeOptions(command, canConnect: false);
        command.SetAction(result =>
        {
            LaunchOptions options = tee.ToLaunchOptions(result);
            if (options.LogLevel == new LaunchOptions().LogLevel)
                options = options with { LogLevel = "Error" }; // what is refused on purpose stands in the table
            options = options with { ScreenFile = Path.GetFullPath(options.ScreenFile ?? DefaultScreen) };
            var steps = new List<DemoStep>();
            FaultEntry[] faults;
            using (var environment = TeeEnvironment.Launch(options))
            using (TeeContext context = environment.OpenContext())
            using (var status = new StatusLine())
            {
                status.Show("drawing, encrypting, decrypting, scanning out");
                new DemoRun(context, environment.Peripherals, environment.Board, steps.Add).Play();
                faults = FaultsCommand.Read(context, out _);
            }

            PrintSteps(steps);
            FaultsCommand.Print(faults, "What the secure world recorded of it ('rtee faults' lists the same of a TEE that is up):");
            System.Console.WriteLine($"What a person in front of the device sees: {options.ScreenFile}");
            if (!steps.Exists(step => step.Tries.Exists(attempt => attempt.GotIn)))
                return ExitCodes.Success;
            System.Console.Error.WriteLine("rtee: the normal world got at the picture, which it must not.");
            return ExitCodes.Failed;
        });
        return command;
    }

    private static void PrintSteps(List<DemoStep> steps)
    {
        Table table = Tables.Create().AddColumn("step", c => c.RightAligned()).AddColumns("what happens", "who touches the buffer", "what the normal world tries then", "and gets");
        for (int i = 0; i < steps.Count; i++)
        {
            DemoStep step = steps[i];
            DemoTry? first = step.Tries.FirstOrDefault();
            table.AddRow($"{i + 1}", Markup.Escape(step.What), Markup.Escape(step.Who), Markup.Escape(first?.What ?? ""), Markup.Escape(first?.Answer ?? ""));
            foreach (DemoTry attempt in step.Tries.Skip(1))
                table.AddRow("", "", "", Markup.Escape(attempt.What), Markup.Escape(attempt.Answer)); // each beside its answer, wherever cells are folded
        }

        Tables.Print(table);
    }
}
