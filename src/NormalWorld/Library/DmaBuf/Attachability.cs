using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>Whether a device could ever work on the buffers of an exporter: what attaching asks, and a program may ask before.</summary>
internal static class Attachability
{
    /// <summary>Why not, with its errno; null when it can.</summary>
    /// <param name="exporter">Whose buffers.</param>
    /// <param name="device">The device.</param>
    /// <param name="ranges">Where the buffer lies, or where any of the heap would.</param>
    internal static (Errno Errno, string Why)? FindProblem(IDmaBufExporter exporter, DmaDevice device, IReadOnlyList<MemoryRange> ranges)
    {
        if (!device.Supports(exporter.Name))
            return (Errno.EOPNOTSUPP, $"{device.Name} cannot work on buffers of {exporter.Name}");
        if (PlacementAgreement.Between(exporter.Offers, device.Takes) == Placements.None)
            return (Errno.EOPNOTSUPP, $"buffers of {exporter.Name} are {exporter.Offers}, and {device.Name} takes {device.Takes}"); // vfio_pci_dma_buf_attach
        if (device.RightsFor(exporter.UseCase) == DmaAccess.None)
            return (Errno.EACCES, $"{device.Name} has no rights to buffers of {exporter.Name}");
        return DmaReach.FindProblem(device, ranges) is { } problem ? (Errno.EBUSY, problem) : null; // dma_buf_dynamic_attach: "in a place not accessible"
    }

    /// <exception cref="TeeDriverException">EOPNOTSUPP, EACCES, EBUSY.</exception>
    internal static void Check(IDmaBufExporter exporter, IReadOnlyList<DmaDevice> devices, IReadOnlyList<MemoryRange> ranges)
    {
        foreach (DmaDevice device in devices)
        {
            if (FindProblem(exporter, device, ranges) is var (errno, why))
                throw new TeeDriverException(errno, $"The buffer cannot be attached: {why}.");
        }
    }
}
