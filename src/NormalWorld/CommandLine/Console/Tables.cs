using Spectre.Console;

namespace RestrictedTee.CommandLine.Console;

/// <summary>How every command prints its table.</summary>
internal static class Tables
{
    /// <summary>What reads a pipe or a file searches and cuts lines, so no cell is folded there.</summary>
    private const int Unbounded = 1 << 20;

    internal static Table Create() => new Table().Border(TableBorder.Simple);

    /// <summary>Whether the output is a terminal of fewer columns.</summary>
    internal static bool IsNarrowerThan(int columns) => !System.Console.IsOutputRedirected && TerminalWidth.Current < columns;

    /// <summary>Prints a table below its title, if it has one; as wide as the terminal at most.</summary>
    internal static void Print(Table table, string title = "") =>
        Print(table, title, System.Console.Out, System.Console.IsOutputRedirected ? null : TerminalWidth.Current);

    /// <param name="table">The table.</param>
    /// <param name="title">What stands above it.</param>
    /// <param name="output">Where to.</param>
    /// <param name="width">Of the terminal; null for what is none, and wants neither folded lines nor escape sequences.</param>
    internal static void Print(Table table, string title, TextWriter output, int? width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = width is null ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = width is null ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = width ?? Unbounded;
        if (title.Length != 0)
            console.MarkupLine(title);
        console.Write(table);
    }
}
