namespace RestrictedTee.SmcTransport.Board;

/// <summary>Reads the pools of a board file: which members there are depends on the kind, and on the version.</summary>
internal static class PoolReader
{
    private const string Static = "static", Dynamic = "dynamic", Reserved = "reserved";

    private static readonly string[] OfVersion1 = ["kind", "base", "alignment"];
    private static readonly string[] OfVersion2 = [.. OfVersion1, "restrictedBy", "limit", "clientLimit"];

    internal static IReadOnlyList<PoolRegion> Read(BoardNode list, int version, IReadOnlyList<UseCaseRow> useCases, BoardLines lines) =>
        [.. list.AsList("pools").Select((node, i) => ReadPool(lines.Note(BoardPart.Pool(i), node), version, useCases))];

    private static PoolRegion ReadPool(BoardNode node, int version, IReadOnlyList<UseCaseRow> useCases)
    {
        BoardMembers pool = new(node, "a pool", version == 1 ? OfVersion1 : OfVersion2, "useCase", "size");
        string name = $"pool '{pool["useCase"].AsText("a pool's useCase")}'";
        UseCase useCase = BoardReader.FindUseCase(pool["useCase"].Line, pool["useCase"].Text, useCases);
        string kind = ReadKind(pool, name, version);
        BoardNode? start = pool.Find("base"), alignment = pool.Find("alignment"), restrictedBy = pool.Find("restrictedBy");
        if (start is not null == (kind == Dynamic))
            throw node.Malformed($"{name} is {kind}, so it {(kind == Dynamic ? "takes no" : "needs a")} base.");
        if (alignment is not null && kind == Static)
            throw alignment.Malformed($"{name} is {kind}, so it takes no alignment.");
        if (restrictedBy is not null && kind != Reserved)
            throw restrictedBy.Malformed($"{name} is {kind}, so the TEE restricts it, and it takes no restrictedBy.");
        var region = new PoolRegion
        {
            UseCase = useCase,
            IsDynamic = kind == Dynamic,
            IsReserved = kind == Reserved,
            Base = start?.AsSize($"{name}.base") ?? 0,
            Size = pool["size"].AsSize($"{name}.size"),
            Limit = pool.Find("limit")?.AsSize($"{name}.limit"),
            ClientLimit = pool.Find("clientLimit")?.AsSize($"{name}.clientLimit"),
        };
        return region with
        {
            Alignment = alignment?.AsSize($"{name}.alignment") ?? region.Alignment,
            RestrictedBy = restrictedBy is null ? region.RestrictedBy : ReadRestrictedBy(restrictedBy, name),
        };
    }

    private static string ReadKind(BoardMembers pool, string name, int version)
    {
        string kind = pool.Find("kind")?.AsText("a pool's kind") ?? Static;
        if (kind is not (Static or Dynamic or Reserved))
            throw pool["kind"].Malformed($"{name}.kind is static or dynamic or reserved, not '{kind}'.");
        if (kind == Reserved && version == 1)
            throw pool["kind"].Malformed($"{name} is reserved, which takes version 2.");
        return kind;
    }

    private static string ReadRestrictedBy(BoardNode node, string name)
    {
        string text = node.AsText($"{name}.restrictedBy");
        return BoardWords.IsLabel(text)
            ? text
            : throw node.Malformed($"{name}.restrictedBy is '{text}'; who restricts it is told in words of letters and digits with one space or hyphen between, at most {BoardWords.MaxLength} characters.");
    }
}
