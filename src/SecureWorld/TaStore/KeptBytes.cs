using RestrictedTee.SecureWorld.Kernel.Threads;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>
/// Bytes that code of the normal world keeps for as long as something of it lives: nobody is told when that ends but the collector, so it gives them back.
/// </summary>
/// <param name="limit">Bytes.</param>
internal sealed class KeptBytes(long limit)
{
    /// <summary>How long to wait for what the collector has found: finalizers of others come first, and may be a TA's.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly ImageBudget _budget = new(limit);

    /// <summary>Takes some.</summary>
    /// <returns>To be kept by whoever has the bytes: they come back when nobody refers to it any more.</returns>
    /// <exception cref="InsufficientMemoryException">Not so many are left.</exception>
    internal object Take(long size)
    {
        if (_budget.TryTake(size))
            return new Share(_budget, size);
        GC.Collect();
        return SpinWait.SpinUntil(() => _budget.TryTake(size), Patience)
            ? new Share(_budget, size)
            : throw new InsufficientMemoryException($"It would keep {size} bytes, and all that are loaded may keep {limit} together; what is in use must end first.");
    }

    private sealed class Share(ImageBudget budget, long size)
    {
        ~Share() => budget.GiveBack(size);
    }
}
