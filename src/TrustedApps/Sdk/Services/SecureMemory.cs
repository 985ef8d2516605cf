namespace RestrictedTee.Sdk;

/// <summary>
/// Memory in the TEE's secure RAM, zeroed when given and scrubbed when returned: the place for keys, which must not live on
/// the managed heap where the collector copies them about. Counts against the TA's data size, by what it takes up.
/// </summary>
public sealed class SecureMemory : IDisposable
{
    private const MallocHints Known = MallocHints.NoFill | MallocHints.NoShare;

    private uint _memory;

    private SecureMemory(uint memory) => _memory = memory;

    /// <summary>
    /// TEE_Malloc. A block of no bytes is one too: it has a size of 0 and is returned like any. Panics for <see cref="MallocHints.NoFill"/> without
    /// <see cref="MallocHints.NoShare"/>.
    /// </summary>
    /// <param name="size">Bytes.</param>
    /// <param name="hints">What upstream's library makes a difference of, and secure RAM does not.</param>
    /// <exception cref="TeeException">OutOfMemory: the TA's data size, or secure RAM, is used up; BadParameters: a hint that there is none of.</exception>
    public static SecureMemory Allocate(int size, MallocHints hints = MallocHints.FillZero)
    {
        if ((hints & ~Known) != 0)
            throw new TeeException(TeeResult.BadParameters, $"There is no hint 0x{(uint)hints:x} for an allocation.", TeeOrigin.Tee);
        Contract.Require(hints != MallocHints.NoFill, nameof(SecureMemory), nameof(Allocate));
        TeeResult result = Utee.MemoryAlloc(size, out uint memory);
        return result == TeeResult.Success ? new SecureMemory(memory) : throw new TeeException(result, TeeOrigin.Tee);
    }

    /// <summary>The bytes. Use them before the block is returned, and on the thread of the call.</summary>
    /// <exception cref="ObjectDisposedException">It was returned already.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory == 0, this);
            return Utee.View(_memory);
        }
    }

    /// <summary>TEE_Realloc: another size, with the same bytes as far as they fit and zeroes behind them. The spans over it end.</summary>
    /// <exception cref="TeeException">OutOfMemory, and the block is as it was.</exception>
    public void Reallocate(int size)
    {
        Span<byte> before = Span;
        using SecureMemory other = Allocate(size);
        before[..Math.Min(before.Length, size)].CopyTo(other.Span);
        (_memory, other._memory) = (other._memory, _memory);
    }

    /// <summary>TEE_Free: scrubs and returns it. What a TA forgets is returned when its instance ends.</summary>
    public void Dispose()
    {
        uint memory = Interlocked.Exchange(ref _memory, 0);
        if (memory != 0)
            Contract.Require(Utee.MemoryFree(memory), nameof(SecureMemory), nameof(Dispose));
    }
}
