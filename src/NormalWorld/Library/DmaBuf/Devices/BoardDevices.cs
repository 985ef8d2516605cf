using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.DmaBuf.Devices;

/// <summary>The devices of a board as importers of buffers: its bus masters, less the CPUs, the TEE and its applications.</summary>
/// <remarks>
/// Normal memory they see by physical addresses, in the identity domain of their IOMMU if there is one (IOMMU_DOMAIN_IDENTITY);
/// restricted buffers through the mappings of the TEE.
/// </remarks>
public sealed class BoardDevices
{
    private readonly Dictionary<string, (int Row, DmaDevice Device)> _devices = new(StringComparer.Ordinal);

    internal BoardDevices(BoardFile board)
    {
        for (int row = 0; row < board.BusMasters.Count; row++)
        {
            BusMasterRow master = board.BusMasters[row];
            if (master.Name is not (BusMasterNames.NormalWorldCpu or BusMasterNames.Tee or BusMasterNames.TrustedApp))
                _devices.Add(master.Name, (row, DeviceOf(master)));
        }
    }

    /// <summary>All of them, in the order of the board.</summary>
    public IReadOnlyList<DmaDevice> All => [.. _devices.Values.OrderBy(entry => entry.Row).Select(entry => entry.Device)];

    /// <summary>The device of a name.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the board has none of that name.</exception>
    public DmaDevice Named(string name) => _devices.TryGetValue(name, out (int Row, DmaDevice Device) entry)
        ? entry.Device
        : throw new TeeDriverException(Errno.ENODEV, $"The board has no device '{name}'; it has {(_devices.Count == 0 ? "none" : string.Join(", ", All.Select(device => device.Name)))}.");

    /// <summary>The row of the board that a device has, by which the two worlds speak of it; null when it is none of this board.</summary>
    internal int? RowOf(DmaDevice device) => _devices.TryGetValue(device.Name, out (int Row, DmaDevice Device) entry) ? entry.Row : null;

    /// <summary>The device that has a row; null when a row is none of a device.</summary>
    internal DmaDevice? AtRow(int row) => _devices.Values.FirstOrDefault(entry => entry.Row == row).Device;

    private static DmaDevice DeviceOf(BusMasterRow master) => new()
    {
        Name = master.Name,
        AddressBits = master.AddressWidth,
        NeedsContiguous = master.NeedsContiguous,
        Alignment = master.Alignment,
        IsBehindSecureIommu = master.IsBehindIommu,
        Rights = master.Rights.ToDictionary(right => right.Key, right => (DmaAccess)right.Value),
    };
}
