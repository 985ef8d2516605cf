using Spectre.Console;

namespace RestrictedTee.CommandLine.Console;

/// <summary>How every command prints its table.</summary>
internal static class Tables
{
    /// <remarks>
    /// Tables are wider than 80 columns; cells that are folded to fit cannot be searched or cut out. A pipe takes any width, and
    /// a narrow terminal folds whole lines.
    /// </remarks>
    private const int LeastWidth = 180;

    internal static Table Create() => new Table().Border(TableBorder.Simple);

    /// <summary>Prints a table below its title, if it has one.</summary>
    internal static void Print(Table table, string title = "")
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, LeastWidth);
        // The library looks at TERM alone; who reads a pipe or a file wants no escape sequences.
        if (System.Console.IsOutputRedirected)
            AnsiConsole.Profile.Capabilities.Ansi = false;
        if (title.Length != 0)
            AnsiConsole.MarkupLine(title);
        AnsiConsole.Write(table);
    }
}
