using System.CommandLine;
using System.Text.Json;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.SmcTransport.Board;
using Spectre.Console;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee board</c>: the map of a board, its bus masters, and who may do what with which restricted memory. Starts no TEE.</summary>
internal static class BoardCommand
{
    /// <summary>Stands above the access matrix.</summary>
    internal const string MatrixTitle = "[bold]who may do what[/] (anybody else: nothing)";

    internal static Command Create()
    {
        var file = new Option<string?>("--board") { Description = $"Board file (JSON), or an embedded board: {string.Join(", ", BoardFile.EmbeddedNames)} [default]", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print it for programs" };
        var command = new Command("board", "Show the map of a board, its bus masters, and the access matrix.") { file, json };
        command.SetAction(result =>
        {
            string name = result.GetValue(file) ?? "default";
            BoardFile board;
            try
            {
                board = BoardFile.Load(name);
            }
            catch (InvalidDataException e)
            {
                throw new TeeLaunchException(e.Message, e);
            }

            if (result.GetValue(json))
                System.Console.WriteLine(Json(name, board));
            else
                Print(name, board, Tables.Print);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The map, the pools, the bus masters, and last the access matrix.</summary>
    internal static void Print(string name, BoardFile board, Action<Table, string> print)
    {
        Table map = Tables.Create().AddColumn("region").AddColumn("base", c => c.NoWrap()).AddColumn("end", c => c.NoWrap()).AddColumn("size", c => c.RightAligned());
        foreach ((string region, MemoryRegion range) in Map(board))
            map.AddRow(region, Address(range.Base), Address(range.Range.End.Value - 1), Bytes(range.Size));
        foreach (PoolRegion pool in board.Pools.Where(pool => pool.IsDynamic))
            map.AddRow($"pool {board.NameOf(pool.UseCase)}", "lent", $"from normalRam, aligned to {Bytes(pool.Alignment)}", Bytes(pool.Size));
        print(map, $"[bold]board {Markup.Escape(name)}[/]");

        Table pools = Tables.Create().AddColumn("heap").AddColumn("kind").AddColumn("buffers aligned to", c => c.RightAligned())
            .AddColumn("limit", c => c.RightAligned()).AddColumn("each client", c => c.RightAligned()).AddColumn("restricted by");
        foreach (PoolRegion pool in board.Pools)
        {
            pools.AddRow(
                board.HeapNameOf(pool.UseCase), KindOf(pool), Bytes(board.GranularityOf(pool.UseCase)), Limit(pool.Limit), Limit(pool.ClientLimit),
                pool.IsReserved ? pool.RestrictedBy : "TEE");
        }

        print(pools, "[bold]restricted memory[/]");

        Table masters = Tables.Create().AddColumn("bus master").AddColumn("address bits", c => c.RightAligned()).AddColumn("memory").AddColumn("alignment", c => c.RightAligned());
        foreach (BusMasterRow master in board.BusMasters)
            masters.AddRow(master.FullName, $"{master.AddressWidth}", master.IsBehindIommu ? "by IOMMU" : master.NeedsContiguous ? "contiguous" : "scattered", Bytes(master.Alignment));
        print(masters, "[bold]bus masters[/]");

        // The matrix holds as far as this one goes by it, so a board that has another says so.
        string decider = board.SecurityModule == BoardFile.DefaultSecurityModule ? "" : $"; the security module '{Markup.Escape(board.SecurityModule)}' decides at run time";
        Table matrix = Tables.Create().AddColumn("bus master");
        foreach (UseCaseRow useCase in board.UseCases)
            matrix.AddColumn($"{useCase.Name} ({useCase.UseCase.Number})");
        foreach (BusMasterRow master in board.BusMasters)
            matrix.AddRow([master.FullName, .. board.UseCases.Select(useCase => Word(master.RightsTo(useCase.UseCase)))]);
        print(matrix, MatrixTitle + decider);
    }

    private static string Json(string name, BoardFile board)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("board", name);
            writer.WriteString("securityModule", board.SecurityModule);
            writer.WriteStartArray("map");
            foreach ((string region, MemoryRegion range) in Map(board))
                WriteRegion(writer, region, range is PoolRegion pool ? KindOf(pool) : "static", range.Base, range.Size);
            foreach (PoolRegion pool in board.Pools.Where(pool => pool.IsDynamic))
                WriteRegion(writer, $"pool {board.NameOf(pool.UseCase)}", KindOf(pool), null, pool.Size);
            writer.WriteEndArray();
            writer.WriteStartArray("useCases");
            foreach (UseCaseRow useCase in board.UseCases)
            {
                writer.WriteStartObject();
                writer.WriteNumber("number", useCase.UseCase.Number);
                writer.WriteString("name", useCase.Name);
                writer.WriteString("heap", useCase.HeapName);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("pools");
            foreach (PoolRegion pool in board.Pools)
                WritePool(writer, board, pool);
            writer.WriteEndArray();
            writer.WriteStartArray("busMasters");
            foreach (BusMasterRow master in board.BusMasters)
                WriteMaster(writer, board, master);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteRegion(Utf8JsonWriter writer, string name, string kind, ulong? start, ulong size)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("kind", kind);
        if (start is { } address)
            writer.WriteNumber("base", address);
        writer.WriteNumber("size", size);
        writer.WriteEndObject();
    }

    private static void WritePool(Utf8JsonWriter writer, BoardFile board, PoolRegion pool)
    {
        writer.WriteStartObject();
        writer.WriteString("heap", board.HeapNameOf(pool.UseCase));
        writer.WriteString("kind", KindOf(pool));
        writer.WriteNumber("alignment", board.GranularityOf(pool.UseCase));
        if (pool.Limit is { } limit)
            writer.WriteNumber("limit", limit);
        if (pool.ClientLimit is { } each)
            writer.WriteNumber("clientLimit", each);
        writer.WriteString("restrictedBy", pool.IsReserved ? pool.RestrictedBy : "TEE");
        writer.WriteEndObject();
    }

    private static void WriteMaster(Utf8JsonWriter writer, BoardFile board, BusMasterRow master)
    {
        writer.WriteStartObject();
        writer.WriteString("name", master.Name);
        if (master.TrustedApp is { } uuid)
            writer.WriteString("uuid", uuid);
        writer.WriteNumber("addressWidth", master.AddressWidth);
        writer.WriteBoolean("contiguous", master.NeedsContiguous);
        writer.WriteNumber("alignment", master.Alignment);
        writer.WriteBoolean("iommu", master.IsBehindIommu);
        writer.WriteStartObject("rights");
        foreach (UseCaseRow useCase in board.UseCases)
            writer.WriteString(useCase.Name, Word(master.RightsTo(useCase.UseCase)));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static IEnumerable<(string Name, MemoryRegion Region)> Map(BoardFile board)
    {
        var regions = new List<(string Name, MemoryRegion Region)> { ("normalRam", board.NormalRam), ("reservedShm", board.ReservedShm), ("secureRam", board.SecureRam) };
        if (board.PartitionRam is { } ram)
            regions.Add(("partitionRam", ram));
        regions.AddRange(board.Pools.Where(pool => !pool.IsDynamic).Select(pool => ($"pool {board.NameOf(pool.UseCase)}", (MemoryRegion)pool)));
        return regions.OrderBy(region => region.Region.Base).ThenByDescending(region => region.Region.Size);
    }

    private static string Word(BusRights rights) => BusMasterReader.Word(rights);

    private static string KindOf(PoolRegion pool) => pool.IsReserved ? "reserved" : pool.IsDynamic ? "dynamic" : "static";

    private static string Limit(ulong? limit) => limit is { } most ? Bytes(most) : "none";

    private static string Address(ulong address) => $"0x{address:x8}";

    private static string Bytes(ulong count) => count % (1 << 20) == 0 ? $"{count >> 20} MiB" : $"{count >> 10} KiB";
}
