using Spectre.Console;

namespace RestrictedTee.CommandLine.Console;

/// <summary>
/// Tables are wider than 80 columns; cells that are folded to fit cannot be searched or cut out. A pipe takes any width, and
/// a narrow terminal folds whole lines.
/// </summary>
internal static class TableWidth
{
    private const int Least = 180;

    internal static void Apply() => AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, Least);
}
