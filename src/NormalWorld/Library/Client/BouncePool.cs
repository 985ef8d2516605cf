using System.Numerics;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>Shared memory that stands in for the temporary memory of requests.</summary>
internal sealed class BouncePool(TeeContext context)
{
    private const int LargestKept = 1 << 20;
    private const int SmallestMade = 4096;

    private readonly object _lock = new(); // protects _idle; a leaf
    private readonly Dictionary<int, Stack<SharedMemory>> _idle = [];

    /// <summary>
    /// Shared memory to stand in for temporary memory. What will be kept for the next call has a power of two as its size; what will
    /// not be is no larger than it must, so that temporary memory goes as far as shared memory does.
    /// </summary>
    /// <exception cref="TeecException">There is no shared memory for it.</exception>
    internal SharedMemory Rent(int size)
    {
        int rounded = size > LargestKept ? size : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(size, SmallestMade));
        lock (_lock)
        {
            if (_idle.TryGetValue(rounded, out Stack<SharedMemory>? stack) && stack.TryPop(out SharedMemory? memory))
                return memory;
        }

        return context.AllocateSharedMemory(rounded);
    }

    /// <summary>Takes the memory of one request back.</summary>
    internal void Return(SharedMemory bounce)
    {
        if (bounce.Size > LargestKept)
        {
            bounce.Dispose();
            return;
        }

        lock (_lock)
        {
            if (!_idle.TryGetValue(bounce.Size, out Stack<SharedMemory>? stack))
                _idle.Add(bounce.Size, stack = new Stack<SharedMemory>());
            stack.Push(bounce);
        }
    }
}
