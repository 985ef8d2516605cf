using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Peripherals;

/// <summary>Work that a device was given.</summary>
public sealed class DmaJob
{
    internal DmaJob(DmaFence fence) => Fence = fence;

    /// <summary>Signalled when the device has done, and its buffers are unmapped.</summary>
    public DmaFence Fence { get; }

    /// <summary>Waits for its end.</summary>
    /// <param name="patience">For how long at most.</param>
    /// <exception cref="TeeDriverException">
    /// ETIMEDOUT: it is not done in that time, or was not by its deadline. EFAULT: a bus error, of which the secure world has a record.
    /// EACCES: it would have let restricted content out. EINVAL: the device did not take the descriptor. EBUSY: somebody uses a buffer
    /// whose label it would change. EIO: the device failed. ENODEV: the secure world has gone.
    /// </exception>
    public void Wait(TimeSpan patience)
    {
        if (!Fence.Wait(patience))
            throw new TeeDriverException(Errno.ETIMEDOUT, $"{Fence.Who} is not done after {patience.TotalSeconds:0.###} s.");
        if (Fence.Error is { } error)
            throw new TeeDriverException(error, $"{Fence.Who} {ReasonOf(error)}.");
    }

    /// <summary>What the errno of a job means, as <see cref="Wait"/> lists them.</summary>
    private static string ReasonOf(Errno error) => error switch
    {
        Errno.EFAULT => "got a bus error: the firewall refused an access; 'rtee faults' and the secure world's log say which and why",
        Errno.EACCES => "would have let restricted content out, or given it to somebody that is not among its consumers",
        Errno.EINVAL => "did not take the descriptor: its sizes, formats, key or vector do not go together",
        Errno.EBUSY => "would change the label of a buffer that somebody uses",
        Errno.ETIMEDOUT => "was not done by its deadline",
        Errno.ENODEV => "has gone with the secure world",
        _ => "has failed",
    };
}
