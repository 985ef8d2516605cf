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
        BusMasters =
        [
            new BusMasterRow { Name = BusMasterNames.NormalWorldCpu },
            new BusMasterRow { Name = BusMasterNames.Tee, Rights = Rights(BusRights.ReadWrite, BusRights.ReadWrite, BusRights.ReadWrite) },
            new BusMasterRow { Name = BusMasterNames.TrustedApp, Rights = Rights(BusRights.ReadWrite, BusRights.ReadWrite, BusRights.ReadWrite) },
            new BusMasterRow { Name = BusMasterNames.VideoDecoder, AddressWidth = 40, NeedsContiguous = true, Rights = Rights(video: BusRights.ReadWrite) },
            new BusMasterRow { Name = BusMasterNames.ProtectedGpu, AddressWidth = 48, IsBehindIommu = true, Rights = Rights(video: BusRights.ReadWrite, ui: BusRights.Write) },
            new BusMasterRow { Name = BusMasterNames.DisplayController, AddressWidth = 40, NeedsContiguous = true, Rights = Rights(video: BusRights.Read, ui: BusRights.Read) },
            new BusMasterRow { Name = BusMasterNames.Camera, AddressWidth = 40, NeedsContiguous = true, Rights = Rights(record: BusRights.Write) },
            new BusMasterRow { Name = BusMasterNames.CryptoEngine, AddressWidth = 40, IsBehindIommu = true, Rights = Rights(video: BusRights.ReadWrite, record: BusRights.ReadWrite) },
            new BusMasterRow { Name = BusMasterNames.TouchController, AddressWidth = 32 },
        ],
        Pools =
        [
            new PoolRegion { UseCase = UseCase.SecureVideoPlay, Base = 0x0f00_0000, Size = 4 * MiB },
            new PoolRegion { UseCase = UseCase.TrustedUi, Base = 0x0f40_0000, Size = 2 * MiB },
            new PoolRegion { UseCase = UseCase.SecureVideoRecord, Base = 0x0f60_0000, Size = 1 * MiB },
        ],
    };

    private static Dictionary<UseCase, BusRights> Rights(BusRights video = BusRights.None, BusRights ui = BusRights.None, BusRights record = BusRights.None)
    {
        var rights = new Dictionary<UseCase, BusRights>();
        Add(UseCase.SecureVideoPlay, video);
        Add(UseCase.TrustedUi, ui);
        Add(UseCase.SecureVideoRecord, record);
        return rights;

        void Add(UseCase useCase, BusRights right)
        {
            if (right != BusRights.None)
                rights.Add(useCase, right);
        }
    }
}
