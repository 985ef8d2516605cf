namespace RestrictedTee.NormalWorld.DmaBuf.Devices;

/// <summary>
/// What may become of a buffer while it is mapped: what an exporter says of itself, and what an importer can do with. They agree on
/// the most that both have (the three kinds told apart on the list when VFIO began to export dma-bufs).
/// </summary>
[Flags]
public enum Placements
{
    /// <summary>Nothing: neither can work with the other.</summary>
    None = 0,

    /// <summary>1, pinned: it stays where it is, until it is unmapped.</summary>
    Pinned = 1,

    /// <summary>2, pinned but revocable: it stays where it is, or is taken away.</summary>
    Revocable = 2,

    /// <summary>3, dynamic: it is moved after the importer was told, which then maps anew (dma_buf_attach_ops.move_notify).</summary>
    Dynamic = 4,
}

/// <summary>How two sides agree.</summary>
public static class PlacementAgreement
{
    /// <summary>The one kind that holds between an exporter and an importer; <see cref="Placements.None"/> when they have none in common.</summary>
    public static Placements Between(Placements offers, Placements takes)
    {
        Placements both = offers & takes;
        return both.HasFlag(Placements.Dynamic) ? Placements.Dynamic
            : both.HasFlag(Placements.Revocable) ? Placements.Revocable
            : both & Placements.Pinned;
    }
}
