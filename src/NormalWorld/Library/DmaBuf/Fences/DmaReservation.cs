using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf.Fences;

/// <summary>
/// The fences of a buffer (struct dma_resv): one writer, or readers after it. A reader waits for the writer, a writer for the writer
/// and the readers before it.
/// </summary>
public sealed class DmaReservation
{
    private readonly object _lock = new(); // protects the fences; a leaf
    private readonly List<DmaFence> _readers = [];
    private DmaFence? _writer;

    /// <summary>Whether work is under way.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock)
                return _writer is { IsSignaled: false } || _readers.Exists(reader => !reader.IsSignaled);
        }
    }

    /// <summary>Announces a reader (DMA_RESV_USAGE_READ), which must then wait for what is returned.</summary>
    public IReadOnlyList<DmaFence> AddReader(DmaFence fence)
    {
        lock (_lock)
        {
            // One that has ended well, or has said that it failed, touches the buffer no more. One that ran out of time may.
            _readers.RemoveAll(reader => reader.IsSignaled && reader.Error != Errno.ETIMEDOUT);
            _readers.Add(fence);
            return _writer is null ? [] : [_writer];
        }
    }

    /// <summary>Announces a writer (DMA_RESV_USAGE_WRITE), which must then wait for what is returned.</summary>
    public IReadOnlyList<DmaFence> AddWriter(DmaFence fence)
    {
        lock (_lock)
        {
            List<DmaFence> before = [.. _readers];
            if (_writer is not null)
                before.Insert(0, _writer);
            _readers.Clear();
            _writer = fence;
            return before;
        }
    }

    /// <summary>Waits as a reader or a writer would, without being announced as one (dma_resv_wait_timeout).</summary>
    /// <exception cref="TeeDriverException">As <see cref="WaitAll"/>.</exception>
    public void Wait(bool asWriter, TimeSpan patience)
    {
        List<DmaFence> before;
        lock (_lock)
        {
            before = asWriter ? [.. _readers] : [];
            if (_writer is not null)
                before.Insert(0, _writer);
        }

        WaitAll(before, patience, asWriter);
    }

    /// <summary>Waits for fences that were returned from here.</summary>
    /// <param name="fences">The fences.</param>
    /// <param name="patience">For how long at most, all together.</param>
    /// <param name="asWriter">What is overwritten need not have become what it should.</param>
    /// <exception cref="TeeDriverException">
    /// ETIMEDOUT: one was not signalled by its deadline, or within the time given. Else, for a reader, what the writer failed with.
    /// </exception>
    public static void WaitAll(IReadOnlyList<DmaFence> fences, TimeSpan patience, bool asWriter)
    {
        long began = TimeProvider.System.GetTimestamp();
        foreach (DmaFence fence in fences)
        {
            TimeSpan left = patience - TimeProvider.System.GetElapsedTime(began);
            if (!fence.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero))
                throw new TeeDriverException(Errno.ETIMEDOUT, $"{fence.Who} is not done with the buffer.");
            if (fence.Error is { } error && (error == Errno.ETIMEDOUT || !asWriter))
                throw new TeeDriverException(error, $"{fence.Who} has failed on the buffer, so there is nothing in it to read until something is written to it by another job.");
        }
    }
}
