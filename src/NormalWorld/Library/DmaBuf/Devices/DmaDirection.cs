namespace RestrictedTee.NormalWorld.DmaBuf.Devices;

/// <summary>Which way data goes (include/linux/dma-direction.h, enum dma_data_direction).</summary>
public enum DmaDirection
{
    /// <summary>DMA_BIDIRECTIONAL.</summary>
    Bidirectional = 0,

    /// <summary>DMA_TO_DEVICE: the device reads.</summary>
    ToDevice = 1,

    /// <summary>DMA_FROM_DEVICE: the device writes.</summary>
    FromDevice = 2,

    /// <summary>DMA_NONE, with which nothing can be mapped.</summary>
    None = 3,
}

/// <summary>What a direction needs.</summary>
public static class DmaDirections
{
    /// <summary>The rights that a device needs for it; none for what is no direction.</summary>
    public static DmaAccess AccessOf(DmaDirection direction) => direction switch
    {
        DmaDirection.Bidirectional => DmaAccess.ReadWrite,
        DmaDirection.ToDevice => DmaAccess.Read,
        DmaDirection.FromDevice => DmaAccess.Write,
        _ => DmaAccess.None,
    };
}
