using System.Globalization;
using System.Text.Json;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>The values that a board file is made of, read strictly.</summary>
internal static class BoardValues
{
    private static readonly (string Suffix, ulong Factor)[] Units = [("KiB", 1UL << 10), ("MiB", 1UL << 20), ("GiB", 1UL << 30)];

    internal static BoardException Malformed(this BoardNode node, string reason) => new(node.Line, $"it is malformed: {reason}");

    internal static string AsText(this BoardNode node, string name) =>
        node.TryGetString(out string text) ? text : throw node.Malformed($"{name} must be a string.");

    internal static IReadOnlyList<BoardNode> AsList(this BoardNode node, string name) =>
        node.Kind == JsonTokenType.StartArray ? node.Items : throw node.Malformed($"{name} must be a list.");

    internal static bool AsFlag(this BoardNode node, string name) => node.Kind switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw node.Malformed($"{name} must be true or false."),
    };

    internal static int AsWhole(this BoardNode node, string name) =>
        node.TryGetUInt64(out ulong value) && value <= int.MaxValue ? (int)value : throw node.Malformed($"{name} must be a whole number.");

    internal static ulong AsSize(this BoardNode node, string name) =>
        node.TryGetUInt64(out ulong number) || (node.TryGetString(out string text) && TryParse(text, out number))
            ? number
            : throw node.Malformed($"{name} is {node.Text}; a size or address is a whole number, or a string such as \"0x40000000\" or \"4MiB\".");

    /// <summary>Sizes and addresses as people write them: 4096, "0x1000", "4KiB", "2MiB", "1GiB".</summary>
    private static bool TryParse(string text, out ulong value)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        ulong factor = 1;
        foreach ((string suffix, ulong unit) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^suffix.Length].TrimEnd();
                factor = unit;
                break;
            }
        }

        bool parsed = number.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(number[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!parsed || value > ulong.MaxValue / factor)
            return false;
        value *= factor;
        return true;
    }
}

/// <summary>The members of one object, each known and there once at most; those that are not optional are there.</summary>
internal sealed class BoardMembers
{
    private readonly Dictionary<string, BoardNode> _members = new(StringComparer.Ordinal);

    internal BoardMembers(BoardNode node, string what, string[] optional, params string[] expected)
    {
        if (node.Kind != JsonTokenType.StartObject)
            throw node.Malformed($"{what} must be an object.");
        foreach ((string name, int line, BoardNode value) in node.Members)
        {
            if (!expected.Contains(name) && !optional.Contains(name))
                throw new BoardException(line, $"it is malformed: {what} has a member '{name}' that is not known; it takes {string.Join(", ", expected.Concat(optional))}.");
            if (!_members.TryAdd(name, value))
                throw new BoardException(line, $"it is malformed: {what} has '{name}' twice.");
        }

        if (Array.Find(expected, name => !_members.ContainsKey(name)) is { } missing)
            throw node.Malformed($"{what} has no '{missing}'.");
    }

    internal BoardNode this[string name] => _members[name];

    internal BoardNode? Find(string name) => _members.GetValueOrDefault(name);
}
