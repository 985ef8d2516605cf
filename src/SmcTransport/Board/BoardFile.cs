using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>
/// The board: where memory lies and how large it is. JSON, read strictly (an unknown or a missing member is an error),
/// with an embedded default. Both worlds read the same file; it says nothing that either may keep from the other.
/// </summary>
public sealed record BoardFile
{
    /// <summary>The newest layout of this file. Version 1, which knows three use cases and no bus masters, is read too.</summary>
    public const int CurrentVersion = 2;

    /// <summary>The layout that the file has.</summary>
    public required int Version { get; init; }

    /// <summary>Normal RAM bank 0, which exists from the start.</summary>
    public required MemoryRegion NormalRam { get; init; }

    /// <summary>The head of bank 0 that both worlds use for messages (OPTEE_SMC_GET_SHM_CONFIG).</summary>
    public required MemoryRegion ReservedShm { get; init; }

    /// <summary>RAM of the TEE itself: keys and other small secrets.</summary>
    public required MemoryRegion SecureRam { get; init; }

    /// <summary>The FF-A partitions beside the TEE, which are test equipment; none on an ordinary board. They count when the conduit is FF-A.</summary>
    public IReadOnlyList<TestPartition> Partitions { get; init; } = [];

    /// <summary>RAM of these partitions, divided evenly among those that have any; null when none has.</summary>
    public MemoryRegion? PartitionRam { get; init; }

    /// <summary>What restricted memory is for on this board.</summary>
    public IReadOnlyList<UseCaseRow> UseCases { get; init; } = UseCaseRow.OfVersion1;

    /// <summary>The restricted pools, one per use case at most.</summary>
    public required IReadOnlyList<PoolRegion> Pools { get; init; }

    /// <summary>Who reaches memory over the bus. Who is not there, reaches no restricted memory: the TEE itself excepted, which owns it.</summary>
    public IReadOnlyList<BusMasterRow> BusMasters { get; init; } = BusMastersOfVersion1(UseCaseRow.OfVersion1);

    /// <summary>Bytes; the boards that ship have some 3000.</summary>
    private const long MaxFileSize = 1 << 20;

    /// <summary>Who decides on grants at run time, when the board does not say: the TEE itself.</summary>
    public const string DefaultSecurityModule = "tee";

    /// <summary>The security module, by a name that the secure world knows.</summary>
    public string SecurityModule { get; init; } = DefaultSecurityModule;

    /// <summary>The embedded default, all of whose pools are static.</summary>
    public static BoardFile Default { get; } = DefaultBoard.Create();

    /// <summary>The names by which <see cref="Load"/> knows the embedded boards.</summary>
    public static IReadOnlyList<string> EmbeddedNames { get; } = ["default", "dynamic", "media", "static-soc", "ffa-test", "ffa-test-dynamic"];

    /// <summary>Reads and checks a board file, or an embedded board by its name.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, is malformed, or describes an impossible board; the message says where.</exception>
    public static BoardFile Load(string path)
    {
        if (EmbeddedNames.Contains(path))
            return path == "default" ? Default : LoadEmbedded(path);
        if (Directory.Exists(path))
            throw new InvalidDataException($"Board file '{path}' cannot be read: it is a folder. The boards that need no file are {string.Join(", ", EmbeddedNames)}.");
        byte[] json;
        try
        {
            json = RegularFile.ReadAllBytes(path, MaxFileSize);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"Board file '{path}' cannot be used: {e.Message} The boards that need no file are {string.Join(", ", EmbeddedNames)}.", e);
        }

        using var text = new StreamReader(new MemoryStream(json));
        return Parse(text.ReadToEnd(), $"Board file '{path}'");
    }

    /// <summary>Parses and checks the text of a board file; <paramref name="source"/> begins each message.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Load"/>.</exception>
    public static BoardFile Parse(string json, string source)
    {
        var reader = new BoardReader();
        try
        {
            BoardFile board = reader.Read(json);
            return BoardRules.FindProblem(board) is { } problem ? throw new BoardException(reader.Lines.Of(problem.Part), problem.Reason) : board;
        }
        catch (BoardException e)
        {
            throw new InvalidDataException($"{source}: {e.Message}", e);
        }
    }

    /// <summary>
    /// What buffers of a use case begin and end on: the strictest alignment of the bus masters that may reach them and have no IOMMU, and
    /// of the pool where that is reserved.
    /// </summary>
    public ulong GranularityOf(UseCase useCase) => BusMasters
        .Where(master => !master.IsBehindIommu && master.RightsTo(useCase) != BusRights.None)
        .Select(master => master.Alignment)
        .Append(PoolOf(useCase) is { IsReserved: true } pool ? pool.Alignment : (ulong)PhysicalAddress.PageSize).Max();

    /// <summary>The pool of a use case; null when it has none.</summary>
    public PoolRegion? PoolOf(UseCase useCase) => Pools.FirstOrDefault(pool => pool.UseCase == useCase);

    /// <summary>The name of a use case, or its number where the board does not have it.</summary>
    public string NameOf(UseCase useCase) => RowOf(useCase)?.Name ?? useCase.ToString();

    /// <summary>The name of a use case's heap.</summary>
    /// <exception cref="ArgumentException">The board has no such use case.</exception>
    public string HeapNameOf(UseCase useCase) =>
        RowOf(useCase)?.HeapName ?? throw new ArgumentException($"The board does not have {useCase}.", nameof(useCase));

    /// <summary>The rules of boards that name no bus masters: the TEE, and trusted applications with the secure-data-path property.</summary>
    internal static IReadOnlyList<BusMasterRow> BusMastersOfVersion1(IReadOnlyList<UseCaseRow> useCases)
    {
        Dictionary<UseCase, BusRights> everything = useCases.ToDictionary(row => row.UseCase, _ => BusRights.ReadWrite);
        return [new BusMasterRow { Name = BusMasterNames.Tee, Rights = everything }, new BusMasterRow { Name = BusMasterNames.TrustedApp, Rights = everything }];
    }

    private UseCaseRow? RowOf(UseCase useCase) => UseCases.FirstOrDefault(row => row.UseCase == useCase);

    /// <summary>Reads and checks an embedded board, the default one too.</summary>
    internal static BoardFile LoadEmbedded(string name)
    {
        using Stream stream = typeof(BoardFile).Assembly.GetManifestResourceStream($"{name}-board.json")
            ?? throw new InvalidOperationException($"The board '{name}' is not embedded.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), $"The embedded board '{name}'");
    }
}

/// <summary>A region of the board.</summary>
public record MemoryRegion
{
    /// <summary>The first address; a multiple of the page size. A number, or a string such as "0x40000000".</summary>
    public required ulong Base { get; init; }

    /// <summary>Bytes; a multiple of the page size. A number, or a string such as "4MiB".</summary>
    public required ulong Size { get; init; }

    /// <summary>The region as a range.</summary>
    public PhysicalRange Range => PhysicalRange.Create(new PhysicalAddress(Base), Size);
}
