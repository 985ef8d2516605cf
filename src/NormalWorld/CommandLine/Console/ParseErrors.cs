using System.CommandLine;
using System.CommandLine.Parsing;

namespace RestrictedTee.CommandLine.Console;

/// <summary>What the parser says of a command line, in words of somebody who has typed it: it names types of the framework, and breaks lines.</summary>
internal static class ParseErrors
{
    private static readonly (string Type, string Words)[] Types =
    [
        (typeof(int?).ToString(), "a whole number"), (typeof(int).ToString(), "a whole number"), (typeof(uint).ToString(), "a whole number from 0 to 4294967295"),
        (typeof(Guid).ToString(), "a UUID, such as 8aaaf200-2450-11e4-abe2-0002a5d5c51b"),
    ];

    /// <summary>All that is wrong.</summary>
    /// <param name="result">What the parser made of the command line, which has at least a word.</param>
    /// <param name="commands">The commands that there are.</param>
    internal static string InOneLine(ParseResult result, IReadOnlyList<string> commands)
    {
        if (result.CommandResult.Command is not RootCommand)
            return string.Join(" ", result.Errors.Select(error => Words(error.Message)));
        string word = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        string advice = UnknownOptions.Nearest(word, commands) is { } near ? $"; did you mean '{near}'?" : ".";
        return $"there is no command '{word}'{advice} 'rtee --help' lists them.";
    }

    private static string Words(string message)
    {
        foreach ((string type, string words) in Types)
            message = message.Replace($"as expected type '{type}'", $"as {words}", StringComparison.Ordinal);
        return string.Join(" ", message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
