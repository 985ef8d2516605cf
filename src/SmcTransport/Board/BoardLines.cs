using System.Globalization;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>The parts of a board of which a problem can be told, by name.</summary>
internal static class BoardPart
{
    internal const string Partitions = "partitions";

    internal const string PartitionRam = "partitionRam";

    internal static string Pool(int index) => At("pools", index);

    internal static string BusMaster(int index) => At("busMasters", index);

    private static string At(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}[{index}]");
}

/// <summary>On which line of its file each part of a board stands.</summary>
internal sealed class BoardLines
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <summary>Notes where a part stands, and gives it back.</summary>
    internal BoardNode Note(string part, BoardNode node)
    {
        _lines[part] = node.Line;
        return node;
    }

    /// <summary>The line of a part; 0 when the board was not read from a file.</summary>
    internal int Of(string part) => _lines.GetValueOrDefault(part);
}

/// <summary>What is wrong with a part of a board.</summary>
/// <param name="Part">Which.</param>
/// <param name="Reason">What is wrong, in words.</param>
internal sealed record BoardProblem(string Part, string Reason);
