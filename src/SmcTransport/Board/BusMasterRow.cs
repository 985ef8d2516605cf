using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SmcTransport.Board;

/// <summary>What a bus master may do with the buffers of a use case.</summary>
[Flags]
public enum BusRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Loads.</summary>
    Read = 1,

    /// <summary>Stores.</summary>
    Write = 2,

    /// <summary>Both.</summary>
    ReadWrite = Read | Write,
}

/// <summary>A bus master of the board: what it can reach, and what the static rules of the firewall let it.</summary>
public sealed record BusMasterRow
{
    /// <summary>What it is called: one of <see cref="BusMasterNames"/>, or a vendor's own name, "vendor,name".</summary>
    public required string Name { get; init; }

    /// <summary>Of a trusted application, which; null for every one that has no row of its own, and for all that is none.</summary>
    public Guid? TrustedApp { get; init; }

    /// <summary>Bits of a bus address that it drives.</summary>
    public int AddressWidth { get; init; } = 64;

    /// <summary>Whether a buffer must be one range to it.</summary>
    public bool NeedsContiguous { get; init; }

    /// <summary>What a buffer's address must be a multiple of.</summary>
    public ulong Alignment { get; init; } = PhysicalAddress.PageSize;

    /// <summary>Whether an IOMMU translates its addresses, so that a buffer may lie anywhere and in pieces.</summary>
    public bool IsBehindIommu { get; init; }

    /// <summary>What it may do with the buffers of each use case; nothing with those of one that is not there.</summary>
    public IReadOnlyDictionary<UseCase, BusRights> Rights { get; init; } = new Dictionary<UseCase, BusRights>();

    /// <summary>What it may do with the buffers of a use case.</summary>
    public BusRights RightsTo(UseCase useCase) => Rights.GetValueOrDefault(useCase);

    /// <summary>The name, with the trusted application's UUID.</summary>
    public string FullName => TrustedApp is { } uuid ? $"{Name} {uuid}" : Name;
}

/// <summary>The names of bus masters that mean something to the code, as a board file spells them.</summary>
public static class BusMasterNames
{
    /// <summary>The CPUs while they run the normal world.</summary>
    public const string NormalWorldCpu = "normal-world-cpu";

    /// <summary>The TEE itself, which allocates, moves and scrubs.</summary>
    public const string Tee = "tee";

    /// <summary>Trusted applications that have the secure-data-path property.</summary>
    public const string TrustedApp = "ta";

    /// <summary>The video decoder.</summary>
    public const string VideoDecoder = "video-decoder";

    /// <summary>The GPU while it is in protected mode.</summary>
    public const string ProtectedGpu = "gpu-protected";

    /// <summary>The display controller.</summary>
    public const string DisplayController = "display-controller";

    /// <summary>The camera.</summary>
    public const string Camera = "camera";

    /// <summary>The crypto engine.</summary>
    public const string CryptoEngine = "crypto-engine";

    /// <summary>The touch controller.</summary>
    public const string TouchController = "touch-controller";

    /// <summary>All that need no vendor's prefix.</summary>
    public static IReadOnlyList<string> All { get; } =
        [NormalWorldCpu, Tee, TrustedApp, VideoDecoder, ProtectedGpu, DisplayController, Camera, CryptoEngine, TouchController];

    /// <summary>Whether a board may use the name: a known one, or "vendor,name" in the manner of a device tree's compatible strings.</summary>
    public static bool IsAcceptable(string name) =>
        All.Contains(name) || (name.Split(',') is [var vendor, var device] && BoardWords.IsName(vendor) && BoardWords.IsName(device));
}

/// <summary>What a name in a board file looks like.</summary>
internal static class BoardWords
{
    /// <summary>Names stand in tables.</summary>
    internal const int MaxLength = 40;

    /// <summary>Lower-case letters, digits and single hyphens between them.</summary>
    internal static bool IsName(string text) =>
        text.Length is > 0 and <= MaxLength
        && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
        && text[0] != '-' && text[^1] != '-' && !text.Contains("--", StringComparison.Ordinal);

    /// <summary>Words of letters and digits with a space or a hyphen between them.</summary>
    internal static bool IsLabel(string text) =>
        text.Length is > 0 and <= MaxLength && text.Split(' ', '-').All(word => word.Length != 0 && word.All(char.IsAsciiLetterOrDigit));
}
