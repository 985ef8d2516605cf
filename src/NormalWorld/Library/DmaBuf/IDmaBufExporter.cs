using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.DmaBuf;

/// <summary>Who made a dma-buf, as the buffer knows it (struct dma_buf_ops, without what restricted buffers do not have: mmap, vmap).</summary>
internal interface IDmaBufExporter
{
    /// <summary>The heap's name.</summary>
    string Name { get; }

    /// <summary>What its buffers are for.</summary>
    UseCase UseCase { get; }

    /// <summary>The last reference to the buffer has gone.</summary>
    void Release(ulong cookie);
}
