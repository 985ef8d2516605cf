using RestrictedTee.SecureWorld.Kernel.Threads;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>
/// Argument memory that RPCs have allocated, kept between calls while the normal world allows it (OPTEE_SMC_ENABLE_SHM_CACHE).
/// </summary>
internal sealed class RpcArgumentCache
{
    private const int Capacity = 64;

    private readonly object _lock = new(); // protects both fields; a leaf
    private readonly Stack<RpcArgument> _kept = new();
    private bool _enabled;

    internal void Enable()
    {
        lock (_lock)
            _enabled = true;
    }

    /// <summary>Stops keeping, and takes one out; null when it is empty.</summary>
    internal RpcArgument? DisableAndTake()
    {
        lock (_lock)
        {
            _enabled = false;
            return _kept.TryPop(out RpcArgument? argument) ? argument : null;
        }
    }

    internal RpcArgument? TryTake()
    {
        lock (_lock)
            return _kept.TryPop(out RpcArgument? argument) ? argument : null;
    }

    internal bool TryKeep(RpcArgument argument)
    {
        lock (_lock)
        {
            if (!_enabled || _kept.Count == Capacity)
                return false;
            _kept.Push(argument);
            return true;
        }
    }
}
