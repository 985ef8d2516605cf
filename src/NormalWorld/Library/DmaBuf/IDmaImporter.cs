namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>What has become of a buffer.</summary>
public enum BufferChange
{
    /// <summary>It lies somewhere else: unmap, and map anew.</summary>
    Moved,

    /// <summary>It was taken away: unmap; it cannot be mapped until it is granted again.</summary>
    Revoked,

    /// <summary>It can be mapped again.</summary>
    Granted,
}

/// <summary>The driver of a device that works on other people's buffers (struct dma_buf_attach_ops).</summary>
public interface IDmaImporter
{
    /// <summary>
    /// move_notify. Holding no lock: when it comes the mapping is good for nothing already, and the importer may unmap and map from within it.
    /// </summary>
    void MoveNotify(DmaBufAttachment attachment, BufferChange change);
}
