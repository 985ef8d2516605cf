using System.Globalization;
using System.Text.Json;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>
/// Turns the text of a board file into a <see cref="BoardFile"/>, strictly: an unknown, a doubled or a missing member is an error.
/// Walks the document by hand, because both worlds do it at each start and a serializer would spend longer on compiling
/// itself than on reading.
/// </summary>
internal static class BoardReader
{
    private static readonly (string Suffix, ulong Factor)[] Units = [("KiB", 1UL << 10), ("MiB", 1UL << 20), ("GiB", 1UL << 30)];

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="InvalidDataException">The text is no JSON, or not of this shape.</exception>
    internal static BoardFile Read(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Lenient);
            return ReadBoard(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"it is malformed: {e.Message}", e);
        }
    }

    private static BoardFile ReadBoard(JsonElement element)
    {
        Members board = new(element, "the board", ["partitions", "partitionRam"], "version", "normalRam", "reservedShm", "secureRam", "pools");
        JsonElement pools = board["pools"];
        if (pools.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException("it is malformed: pools must be a list.");
        var read = new BoardFile
        {
            Version = board["version"].TryGetInt32OrFail("version"),
            NormalRam = ReadRegion(board["normalRam"], "normalRam"),
            ReservedShm = ReadRegion(board["reservedShm"], "reservedShm"),
            SecureRam = ReadRegion(board["secureRam"], "secureRam"),
            Pools = [.. pools.EnumerateArray().Select(ReadPool)],
        };
        if (board.TryGet("partitions", out JsonElement partitions))
        {
            if (partitions.ValueKind != JsonValueKind.Array)
                throw new InvalidDataException("it is malformed: partitions must be a list.");
            read = read with { Partitions = [.. partitions.EnumerateArray().Select(ReadPartition)] };
        }

        return board.TryGet("partitionRam", out JsonElement partitionRam) ? read with { PartitionRam = ReadRegion(partitionRam, "partitionRam") } : read;
    }

    private static MemoryRegion ReadRegion(JsonElement element, string name)
    {
        Members region = new(element, name, [], "base", "size");
        return new MemoryRegion { Base = ReadNumber(region["base"], $"{name}.base"), Size = ReadNumber(region["size"], $"{name}.size") };
    }

    private static PoolRegion ReadPool(JsonElement element)
    {
        Members pool = new(element, "a pool", ["kind", "base", "alignment"], "useCase", "size");
        string? name = Text(pool["useCase"]);
        UseCase useCase = UseCases.All.FirstOrDefault(candidate => UseCases.Name(candidate) == name);
        if (useCase == default)
            throw new InvalidDataException($"it is malformed: a use case is one of {string.Join(", ", UseCases.All.Select(UseCases.Name))}, not '{name}'.");
        string? kind = pool.TryGet("kind", out JsonElement given) ? Text(given) : "static";
        if (kind is not ("static" or "dynamic"))
            throw new InvalidDataException($"it is malformed: pool '{name}'.kind is static or dynamic, not {given.GetRawText()}.");
        bool isDynamic = kind == "dynamic";
        bool hasBase = pool.TryGet("base", out JsonElement start);
        bool hasAlignment = pool.TryGet("alignment", out JsonElement alignment);
        if (hasBase == isDynamic)
            throw new InvalidDataException($"it is malformed: pool '{name}' is {kind}, so it {(isDynamic ? "takes no" : "needs a")} base.");
        if (hasAlignment && !isDynamic)
            throw new InvalidDataException($"it is malformed: pool '{name}' is static, so it takes no alignment.");
        var region = new PoolRegion
        {
            UseCase = useCase,
            IsDynamic = isDynamic,
            Base = hasBase ? ReadNumber(start, $"pool '{name}'.base") : 0,
            Size = ReadNumber(pool["size"], $"pool '{name}'.size"),
        };
        return hasAlignment ? region with { Alignment = ReadNumber(alignment, $"pool '{name}'.alignment") } : region;
    }

    private static TestPartition ReadPartition(JsonElement element)
    {
        string? name = Text(element);
        foreach (TestPartition partition in TestPartitions.All)
        {
            if (TestPartitions.Name(partition) == name)
                return partition;
        }

        throw new InvalidDataException($"it is malformed: a partition is one of {string.Join(", ", TestPartitions.All.Select(TestPartitions.Name))}, not {element.GetRawText()}.");
    }

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    private static ulong ReadNumber(JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out ulong number))
            return number;
        if (element.ValueKind == JsonValueKind.String && TryParse(element.GetString()!, out ulong value))
            return value;
        throw new InvalidDataException($"it is malformed: {name} is {element.GetRawText()}; a size or address is a whole number, or a string such as \"0x40000000\" or \"4MiB\".");
    }

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

    private static int TryGetInt32OrFail(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value)
            ? value
            : throw new InvalidDataException($"it is malformed: {name} must be a whole number.");

    /// <summary>The members of one object, each known and there once at most; those that are not optional are there.</summary>
    private sealed class Members
    {
        private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);

        internal Members(JsonElement element, string what, string[] optional, params string[] expected)
        {
            if (element.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"it is malformed: {what} must be an object.");
            foreach (JsonProperty member in element.EnumerateObject())
            {
                if (!expected.Contains(member.Name) && !optional.Contains(member.Name))
                    throw new InvalidDataException($"it is malformed: {what} has a member '{member.Name}' that is not known; it takes {string.Join(", ", expected.Concat(optional))}.");
                if (!_members.TryAdd(member.Name, member.Value))
                    throw new InvalidDataException($"it is malformed: {what} has '{member.Name}' twice.");
            }

            if (Array.Find(expected, name => !_members.ContainsKey(name)) is { } missing)
                throw new InvalidDataException($"it is malformed: {what} has no '{missing}'.");
        }

        internal JsonElement this[string name] => _members[name];

        internal bool TryGet(string name, out JsonElement value) => _members.TryGetValue(name, out value);
    }
}
