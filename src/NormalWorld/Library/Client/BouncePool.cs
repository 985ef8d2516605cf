using System.Numerics;
using System.Runtime.CompilerServices;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>Shared memory that stands in for the temporary memory of requests.</summary>
internal sealed class BouncePool(TeeContext context)
{
    private const int LargestKept = 1 << 20;

    private readonly object _lock = new(); // protects _idle; a leaf
    private readonly Dictionary<int, Stack<SharedMemory>> _idle = [];

    /// <summary>Shared memory to stand in for temporary memory; kept for the next call, in sizes of powers of two.</summary>
    internal SharedMemory Rent(int size)
    {
        int rounded = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(size, 4096));
        lock (_lock)
        {
            if (_idle.TryGetValue(rounded, out Stack<SharedMemory>? stack) && stack.TryPop(out SharedMemory? memory))
                return memory;
        }

        return context.AllocateSharedMemory(rounded);
    }

    /// <summary>Takes the memory of one request back.</summary>
    internal void Return(ref BounceArray bounces)
    {
        foreach (SharedMemory? bounce in (Span<SharedMemory?>)bounces)
        {
            if (bounce is null)
                continue;
            if (bounce.Size > LargestKept)
            {
                bounce.Dispose();
                continue;
            }

            lock (_lock)
            {
                if (!_idle.TryGetValue(bounce.Size, out Stack<SharedMemory>? stack))
                    _idle.Add(bounce.Size, stack = new Stack<SharedMemory>());
                stack.Push(bounce);
            }
        }
    }
}

/// <summary>What stands in for each parameter of a request.</summary>
[InlineArray(Operation.ParameterCount)]
internal struct BounceArray
{
    private SharedMemory? _first;
}
