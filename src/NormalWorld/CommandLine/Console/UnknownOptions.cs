using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace RestrictedTee.CommandLine.Console;

/// <summary>
/// What begins like an option and is none. The parser takes such a word for a value wherever one may stand, in a list of cases or
/// behind an option, so that a slip of the finger would run something else than was asked for.
/// </summary>
internal static class UnknownOptions
{
    private const string EndOfOptions = "--";

    /// <summary>The first word that is meant as an option and is not known, in words; null when there is none.</summary>
    /// <param name="result">What the parser made of the command line.</param>
    /// <param name="words">The command line.</param>
    internal static string? FindProblem(ParseResult result, IReadOnlyList<string> words)
    {
        string? unknown = result.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token.Type == TokenType.Argument && LooksLikeOption(token.Value) && !IsAttached(token.Value, words))
            .Select(token => token.Value)
            .FirstOrDefault();
        if (unknown is null)
            return null;

        Command command = result.CommandResult.Command;
        string path = PathOf(result.CommandResult);
        string name = unknown.Split('=', ':')[0];
        string[] known = [.. NamesOf(command)];
        if (known.Contains(name, StringComparer.Ordinal))
            return $"the option '{name}' stands behind the command: {path} {name} …";
        string advice = Nearest(name, known) is { } near ? $"; did you mean '{near}'?" : ".";
        string subject = command is RootCommand ? "rtee" : command.Name;
        return $"{subject} has no option '{name}'{advice} '{path} --help' lists them; words behind '{EndOfOptions}' are never options.";
    }

    private static bool LooksLikeOption(string word) =>
        word.Length > 1 && word[0] == '-' && word != EndOfOptions && !double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    /// <summary>A value that was given as <c>--option=value</c> is one whatever it begins with.</summary>
    private static bool IsAttached(string value, IReadOnlyList<string> words) =>
        words.Any(word => word.Length > value.Length && word.EndsWith(value, StringComparison.Ordinal) && word[^(value.Length + 1)] is '=' or ':');

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "rtee";

    private static IEnumerable<string> NamesOf(Command command) =>
        command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name));

    /// <summary>The name that may have been meant; null when none is near.</summary>
    internal static string? Nearest(string word, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return null;
        string nearest = names.MinBy(name => Distance(word, name))!;
        return nearest.Length > 2 && Distance(word, nearest) <= nearest.Length / 3 ? nearest : null;
    }

    /// <summary>How many letters must be put in, taken out, replaced or swapped with their neighbour (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replaced, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }
}
