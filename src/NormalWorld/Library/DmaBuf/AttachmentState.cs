using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>Where an attachment stands.</summary>
public enum AttachmentState
{
    /// <summary>The device is known to the buffer, and has no mapping.</summary>
    Attached,

    /// <summary>It has one, once or several times.</summary>
    Mapped,

    /// <summary>It has one that is good for nothing any more: the buffer was moved or taken away. It must be unmapped.</summary>
    Stale,

    /// <summary>It is over.</summary>
    Detached,
}

/// <summary>What happens to an attachment.</summary>
internal enum AttachmentEvent
{
    Map,
    Unmap,
    UnmapLast,
    Invalidate,
    Detach,
}

/// <summary>
/// The states of an attachment and what leads from one to the next; where nothing does stands the errno, with the place in
/// drivers/dma-buf/dma-buf.c that it comes from.
/// </summary>
internal static class AttachmentTransitions
{
    internal static (AttachmentState Next, Errno? Refusal) On(AttachmentState state, AttachmentEvent what) => (state, what) switch
    {
        (AttachmentState.Attached, AttachmentEvent.Map) => (AttachmentState.Mapped, null),
        (AttachmentState.Mapped, AttachmentEvent.Map) => (AttachmentState.Mapped, null), // dma_buf_map_attachment: the cached table, if the direction agrees
        (AttachmentState.Stale, AttachmentEvent.Map) => (state, Errno.EBUSY), // dma_buf_map_attachment: another mapping is in the way

        (AttachmentState.Mapped or AttachmentState.Stale, AttachmentEvent.Unmap) => (state, null),
        (AttachmentState.Mapped or AttachmentState.Stale, AttachmentEvent.UnmapLast) => (AttachmentState.Attached, null),
        (AttachmentState.Attached, AttachmentEvent.Unmap or AttachmentEvent.UnmapLast) => (state, Errno.EINVAL), // dma_buf_unmap_attachment: WARN_ON(!sg_table)

        (AttachmentState.Mapped, AttachmentEvent.Invalidate) => (AttachmentState.Stale, null), // dma_buf_move_notify
        (_, AttachmentEvent.Invalidate) => (state, null), // there is nothing to invalidate

        (AttachmentState.Detached, AttachmentEvent.Detach) => (state, null), // closing what is closed
        (_, AttachmentEvent.Detach) => (AttachmentState.Detached, null), // dma_buf_detach unmaps what is mapped

        (AttachmentState.Detached, _) => (state, Errno.EINVAL), // WARN_ON(!attach)
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "Not an event."),
    };
}
