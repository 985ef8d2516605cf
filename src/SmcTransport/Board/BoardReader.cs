namespace RestrictedTee.SmcTransport.Board;

/// <summary>
/// Turns the text of a board file into a <see cref="BoardFile"/>, strictly: an unknown, a doubled or a missing member is an error.
/// Walks the document by hand, because both worlds do it at each start and a serializer would spend longer on compiling
/// itself than on reading.
/// </summary>
internal sealed class BoardReader
{
    private readonly BoardLines _lines = new();

    /// <summary>On which line each part stands, for who finds a problem with it later.</summary>
    internal BoardLines Lines => _lines;

    /// <exception cref="BoardException">The text is no JSON, or not of this shape.</exception>
    internal BoardFile Read(string json)
    {
        BoardNode root = BoardNode.Parse(json);
        int version = root.Members.Find(member => member.Name == "version").Value?.AsWhole("version") ?? BoardFile.CurrentVersion;
        if (version is < 1 or > BoardFile.CurrentVersion)
            throw new BoardException(root.Members.Find(member => member.Name == "version").Line, $"version is {version}; this build reads versions 1 and {BoardFile.CurrentVersion}.");
        string[] optional = version == 1 ? ["$schema", "partitions", "partitionRam"] : ["$schema", "partitions", "partitionRam", "busMasters", "securityModule"];
        string[] expected = ["version", "normalRam", "reservedShm", "secureRam", "pools"];
        BoardMembers board = new(root, "the board", optional, version == 1 ? expected : [.. expected, "useCases"]);
        IReadOnlyList<UseCaseRow> useCases = version == 1 ? UseCaseRow.OfVersion1 : ReadUseCases(board["useCases"]);
        return new BoardFile
        {
            Version = version,
            NormalRam = ReadRegion(board["normalRam"], "normalRam"),
            ReservedShm = ReadRegion(board["reservedShm"], "reservedShm"),
            SecureRam = ReadRegion(board["secureRam"], "secureRam"),
            UseCases = useCases,
            Pools = PoolReader.Read(board["pools"], version, useCases, _lines),
            BusMasters = version == 1 ? BoardFile.BusMastersOfVersion1(useCases) : BusMasterReader.Read(board.Find("busMasters"), useCases, _lines),
            SecurityModule = board.Find("securityModule")?.AsText("securityModule") ?? BoardFile.DefaultSecurityModule,
            Partitions = board.Find("partitions") is { } partitions ? [.. _lines.Note(BoardPart.Partitions, partitions).AsList("partitions").Select(ReadPartition)] : [],
            PartitionRam = board.Find("partitionRam") is { } ram ? ReadRegion(ram, BoardPart.PartitionRam) : null,
        };
    }

    /// <summary>The use case of a name.</summary>
    internal static UseCase FindUseCase(int line, string name, IReadOnlyList<UseCaseRow> useCases) =>
        useCases.FirstOrDefault(row => row.Name == name)?.UseCase
            ?? throw new BoardException(line, $"it is malformed: a use case of this board is one of {string.Join(", ", useCases.Select(row => row.Name))}, not '{name}'.");

    private static List<UseCaseRow> ReadUseCases(BoardNode node)
    {
        var rows = new List<UseCaseRow>();
        foreach (BoardNode item in node.AsList("useCases"))
        {
            UseCaseRow row = ReadUseCase(item);
            if (rows.Find(other => other.UseCase == row.UseCase || other.Name == row.Name) is { } other)
                throw new BoardException(item.Line, $"use case '{row.Name}' ({row.UseCase.Number}) has number or name of '{other.Name}' ({other.UseCase.Number}).");
            rows.Add(row);
        }

        return rows;
    }

    private static UseCaseRow ReadUseCase(BoardNode node)
    {
        BoardMembers row = new(node, "a use case", [], "number", "name");
        ulong number = row["number"].AsSize("useCases.number");
        if (number is 0 or > uint.MaxValue)
            throw row["number"].Malformed($"the number of a use case lies between 1 and 0x{uint.MaxValue:x}.");
        string name = row["name"].AsText("useCases.name");
        return BoardWords.IsName(name)
            ? new UseCaseRow(new UseCase((uint)number), name)
            : throw row["name"].Malformed($"'{name}' is no name of a use case, which is of lower-case letters, digits and hyphens.");
    }

    private MemoryRegion ReadRegion(BoardNode node, string name)
    {
        BoardMembers region = new(_lines.Note(name, node), name, [], "base", "size");
        return new MemoryRegion { Base = region["base"].AsSize($"{name}.base"), Size = region["size"].AsSize($"{name}.size") };
    }

    private static TestPartition ReadPartition(BoardNode node)
    {
        foreach (TestPartition partition in TestPartitions.All)
        {
            if (node.TryGetString(out string name) && TestPartitions.Name(partition) == name)
                return partition;
        }

        throw node.Malformed($"a partition is one of {string.Join(", ", TestPartitions.All.Select(TestPartitions.Name))}, not {node.Text}.");
    }
}
