namespace RestrictedTee.SmcTransport.Board;

/// <summary>
/// The board of <c>default-board.json</c>, ready-made: both worlds need it at each start, and reading JSON would be one of the dearest
/// things that they do. A test holds that file and code say the same.
/// </summary>
internal static class DefaultBoard
{
    private const ulong KiB = 1UL << 10, MiB = 1UL << 20;

    internal static BoardFile Create() => new()
    {
        Version = BoardFile.CurrentVersion,
        NormalRam = new MemoryRegion { Base = 0x4000_0000, Size = 128 * MiB },
        ReservedShm = new MemoryRegion { Base = 0x4000_0000, Size = 2 * MiB },
        SecureRam = new MemoryRegion { Base = 0x0e10_0000, Size = 512 * KiB },
        Pools =
        [
            new PoolRegion { UseCase = UseCase.SecureVideoPlay, Base = 0x0f00_0000, Size = 4 * MiB },
            new PoolRegion { UseCase = UseCase.TrustedUi, Base = 0x0f40_0000, Size = 2 * MiB },
            new PoolRegion { UseCase = UseCase.SecureVideoRecord, Base = 0x0f60_0000, Size = 1 * MiB },
        ],
    };
}
