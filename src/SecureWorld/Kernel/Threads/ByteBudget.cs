namespace RestrictedTee.SecureWorld.Kernel.Threads;

/// <summary>
/// Bytes of images of trusted applications on their way in. They lie on the managed heap, which is bounded and everybody's, and the normal world says how
/// large they are: what would go beyond the budget is refused, however many threads it asks on.
/// </summary>
/// <param name="limit">Bytes.</param>
internal sealed class ImageBudget(long limit)
{
    private readonly Lock _lock = new(); // protects the field below; a leaf
    private long _used;

    internal bool TryTake(long size)
    {
        lock (_lock)
        {
            if (size > limit - _used)
                return false;
            _used += size;
            return true;
        }
    }

    internal void GiveBack(long size)
    {
        lock (_lock)
            _used -= size;
    }
}
