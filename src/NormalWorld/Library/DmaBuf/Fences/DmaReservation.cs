using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DmaBuf.Fences;

/// <summary>
/// The fences of a buffer (struct dma_resv): writers, and readers between them. A reader waits for the writers before it, a writer
/// for all before it.
/// </summary>
public sealed class DmaReservation
{
    private static readonly object Order = new(); // held while work on several buffers is announced on all; taken before theirs

    private readonly object _lock = new(); // protects the fences; a leaf but for theirs
    private readonly List<(DmaFence Fence, bool IsWriter)> _announced = [];

    /// <summary>Whether work is under way.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock)
                return _announced.Exists(work => !work.Fence.IsSignaled);
        }
    }

    /// <summary>Announces a reader (DMA_RESV_USAGE_READ), which must then wait for what is returned.</summary>
    public IReadOnlyList<DmaFence> AddReader(DmaFence fence) => Add(fence, isWriter: false);

    /// <summary>Announces a writer (DMA_RESV_USAGE_WRITE), which must then wait for what is returned.</summary>
    public IReadOnlyList<DmaFence> AddWriter(DmaFence fence) => Add(fence, isWriter: true);

    /// <summary>
    /// Announces one work on several buffers, on all at once: of two works that cross, one is then before the other everywhere, and they
    /// do not wait for each other (drm_exec and ww_mutex upstream).
    /// </summary>
    /// <returns>What it must wait for, by buffer.</returns>
    internal static IReadOnlyList<IReadOnlyList<DmaFence>> AddToAll(IEnumerable<(DmaReservation Of, bool IsWriter)> uses, DmaFence fence)
    {
        lock (Order)
            return [.. uses.Select(use => use.Of.Add(fence, use.IsWriter))];
    }

    /// <summary>Takes back what was announced and will not be begun. Whoever is behind it waits for those before it all the same.</summary>
    internal void Withdraw(DmaFence fence)
    {
        lock (_lock)
            _announced.RemoveAll(work => work.Fence == fence);
    }

    /// <summary>Waits as a reader or a writer would, without being announced as one (dma_resv_wait_timeout).</summary>
    /// <exception cref="TeeDriverException">As <see cref="WaitAll"/>.</exception>
    public void Wait(bool asWriter, TimeSpan patience)
    {
        IReadOnlyList<DmaFence> before;
        lock (_lock)
            before = Before(asWriter);
        WaitAll(before, patience, asWriter);
    }

    /// <summary>Waits for fences that were returned from here.</summary>
    /// <param name="fences">The fences.</param>
    /// <param name="patience">For how long at most, all together.</param>
    /// <param name="asWriter">What is overwritten need not have become what it should.</param>
    /// <exception cref="TeeDriverException">
    /// ETIMEDOUT: one was not signalled within the time given, or by its deadline and is not over yet. Else, for a reader, what the last
    /// writer failed with: that one has written over what those before it had.
    /// </exception>
    public static void WaitAll(IReadOnlyList<DmaFence> fences, TimeSpan patience, bool asWriter)
    {
        long began = TimeProvider.System.GetTimestamp();
        foreach (DmaFence fence in fences)
        {
            TimeSpan left = patience - TimeProvider.System.GetElapsedTime(began);
            if (!fence.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero))
                throw new TeeDriverException(Errno.ETIMEDOUT, $"{fence.Who} is not done with the buffer.");
        }

        bool isLast = true;
        foreach (DmaFence fence in fences.Reverse().Where(fence => !fence.IsWithdrawn))
        {
            if (fence.Error is { } error && (asWriter ? !fence.IsOver : isLast))
                throw new TeeDriverException(error, $"{fence.Who} has failed on the buffer, so there is nothing in it to read until something is written to it by another job.");
            isLast = false;
        }
    }

    private IReadOnlyList<DmaFence> Add(DmaFence fence, bool isWriter)
    {
        lock (_lock)
        {
            IReadOnlyList<DmaFence> before = Before(isWriter);
            Forget();
            _announced.Add((fence, isWriter));
            return before;
        }
    }

    private IReadOnlyList<DmaFence> Before(bool isWriter) => [.. _announced.Where(work => isWriter || work.IsWriter).Select(work => work.Fence)];

    /// <summary>
    /// What has ended touches the buffer no more, and of the writers that have, the last has made it what it is. A writer that has ended well
    /// was behind everybody before it. One that ran out of time may touch it still.
    /// </summary>
    private void Forget()
    {
        int last = _announced.FindLastIndex(work => work.IsWriter && work.Fence.IsOver);
        bool isWhole = last >= 0 && _announced[last].Fence.Error is null;
        int at = 0;
        _announced.RemoveAll(work => at++ is var index && index != last && (work.Fence.IsOver || (isWhole && index < last)));
    }
}
