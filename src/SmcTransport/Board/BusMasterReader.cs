using System.Text.Json;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>Reads the bus masters of a board file.</summary>
internal static class BusMasterReader
{
    private static readonly (string Word, BusRights Rights)[] Words =
        [("none", BusRights.None), ("read", BusRights.Read), ("write", BusRights.Write), ("read-write", BusRights.ReadWrite)];

    internal static string Word(BusRights rights) => Array.Find(Words, word => word.Rights == rights).Word;

    internal static IReadOnlyList<BusMasterRow> Read(BoardNode? list, IReadOnlyList<UseCaseRow> useCases, BoardLines lines) =>
        list is null ? [] : [.. list.AsList("busMasters").Select((node, i) => ReadMaster(lines.Note(BoardPart.BusMaster(i), node), useCases))];

    private static BusMasterRow ReadMaster(BoardNode node, IReadOnlyList<UseCaseRow> useCases)
    {
        BoardMembers members = new(node, "a bus master", ["uuid", "addressWidth", "contiguous", "alignment", "iommu", "rights"], "name");
        string name = members["name"].AsText("a bus master's name");
        if (!BusMasterNames.IsAcceptable(name))
            throw members["name"].Malformed($"a bus master is one of {string.Join(", ", BusMasterNames.All)}, or a vendor's own as 'vendor,name'; not '{name}'.");
        Guid? uuid = null;
        if (members.Find("uuid") is { } given)
        {
            if (name != BusMasterNames.TrustedApp)
                throw given.Malformed($"{name} is no trusted application, so it takes no uuid.");
            uuid = Guid.TryParseExact(given.AsText("uuid"), "D", out Guid parsed) ? parsed : throw given.Malformed($"'{given.Text}' is no UUID.");
        }

        var row = new BusMasterRow { Name = name, TrustedApp = uuid };
        return row with
        {
            AddressWidth = members.Find("addressWidth")?.AsWhole("addressWidth") ?? row.AddressWidth,
            NeedsContiguous = members.Find("contiguous")?.AsFlag("contiguous") ?? row.NeedsContiguous,
            Alignment = members.Find("alignment")?.AsSize("alignment") ?? row.Alignment,
            IsBehindIommu = members.Find("iommu")?.AsFlag("iommu") ?? row.IsBehindIommu,
            Rights = members.Find("rights") is { } rights ? ReadRights(rights, name, useCases) : row.Rights,
        };
    }

    private static Dictionary<UseCase, BusRights> ReadRights(BoardNode node, string master, IReadOnlyList<UseCaseRow> useCases)
    {
        if (node.Kind != JsonTokenType.StartObject)
            throw node.Malformed($"the rights of {master} must be an object.");
        var rights = new Dictionary<UseCase, BusRights>();
        foreach ((string name, int line, BoardNode value) in node.Members)
        {
            string word = value.AsText($"the right of {master} to {name}");
            int at = Array.FindIndex(Words, known => known.Word == word);
            if (at < 0)
                throw value.Malformed($"a right is one of {string.Join(", ", Words.Select(known => known.Word))}, not '{word}'.");
            if (!rights.TryAdd(BoardReader.FindUseCase(line, name, useCases), Words[at].Rights))
                throw new BoardException(line, $"{master} has rights to {name} twice.");
        }

        return rights;
    }
}
