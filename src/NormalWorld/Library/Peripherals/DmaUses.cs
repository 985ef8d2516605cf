using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>A place in a buffer.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="Offset">Bytes into it.</param>
public readonly record struct DmaRegion(DmaBufHandle Buffer, ulong Offset = 0);

/// <summary>
/// The buffers of one job: attached, waited for, mapped, and given back in the reverse order, whatever has become of the job.
/// </summary>
internal sealed class DmaUses : IDisposable
{
    private readonly List<Use> _uses = [];
    private readonly DmaFence _fence;

    /// <summary>Attaches the device to every buffer, announces its work on it, and waits for the work of others.</summary>
    /// <param name="device">The device.</param>
    /// <param name="importer">Its driver.</param>
    /// <param name="wanted">What it does with which buffer; a buffer may be there twice.</param>
    /// <param name="fence">The end of the work.</param>
    /// <param name="patience">How long to wait for others.</param>
    /// <exception cref="TeeDriverException">As of attaching, mapping, and waiting for fences.</exception>
    internal DmaUses(DmaDevice device, IDmaImporter importer, IEnumerable<(DmaBufHandle Buffer, DmaDirection Direction)> wanted, DmaFence fence, TimeSpan patience)
    {
        _fence = fence;
        try
        {
            foreach (IGrouping<DmaBufSharing, (DmaBufHandle Buffer, DmaDirection Direction)> of in wanted.GroupBy(use => use.Buffer.Sharing))
            {
                DmaDirection direction = of.Select(use => use.Direction).Distinct().ToArray() is [var one] ? one : DmaDirection.Bidirectional;
                _uses.Add(new Use(of.Key, of.First().Buffer.Attach(device, importer), direction));
            }

            IReadOnlyList<IReadOnlyList<DmaFence>> before = DmaReservation.AddToAll(_uses.Select(use => (use.Sharing.Fences, use.IsWriter)), fence);
            for (int i = 0; i < _uses.Count; i++)
                DmaReservation.WaitAll(before[i], patience, _uses[i].IsWriter);

            foreach (Use use in _uses)
                use.Mapping = use.Attachment.Map(use.Direction);
        }
        catch
        {
            Withdraw();
            throw;
        }
    }

    /// <summary>
    /// The device never got the job: its buffers are given back, and are what they were, so that nobody who comes after it hears of it.
    /// </summary>
    internal void Withdraw()
    {
        foreach (Use use in _uses)
            use.Sharing.Fences.Withdraw(_fence);
        _fence.Withdraw();
        Dispose();
    }

    /// <summary>How the device names a part of one of the buffers. Of physical memory it could reach what lies behind it, so here is where the part must end.</summary>
    /// <exception cref="TeeDriverException">EINVAL: the buffer is in several pieces, or ends before the part does.</exception>
    internal BusAddress AddressOf(DmaRegion region, ulong length)
    {
        Use use = _uses.Find(use => use.Sharing == region.Buffer.Sharing) ?? throw new TeeDriverException(Errno.EINVAL, "The job does not use that buffer.");
        if (use.Mapping!.Device is not [var range])
            throw new TeeDriverException(Errno.EINVAL, $"{use.Attachment.Device.Name} takes a buffer in one piece, not in {use.Mapping.Device.Count}.");
        if (length > range.Length || region.Offset > range.Length - length)
            throw new TeeDriverException(Errno.EINVAL, $"{length} bytes from {region.Offset} reach beyond the {range.Length} of the buffer.");
        return new BusAddress { Handle = range.Handle, Offset = range.Address + region.Offset };
    }

    public void Dispose()
    {
        for (int i = _uses.Count - 1; i >= 0; i--)
            _uses[i].Attachment.Dispose(); // which unmaps
        _uses.Clear();
    }

    private sealed class Use(DmaBufSharing sharing, DmaBufAttachment attachment, DmaDirection direction)
    {
        internal DmaBufSharing Sharing => sharing;

        internal DmaBufAttachment Attachment => attachment;

        internal DmaDirection Direction => direction;

        internal bool IsWriter => direction != DmaDirection.ToDevice;

        internal DmaMapping? Mapping { get; set; }
    }
}
