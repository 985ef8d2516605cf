namespace RestrictedTee.SmcTransport.Abi;

/// <summary>
/// The rows of an ABI with what carries each out. It cannot be made incomplete: a row that is served and has no handler, a
/// handler without such a row, or a refused row that does not say with which code stops the world from starting. A look-up
/// allocates nothing.
/// </summary>
internal sealed class DispatchTable<THandler>
    where THandler : Delegate
{
    // Open addressing, half full at most: the numbers of an ABI are dense in their low bits.
    private readonly uint[] _numbers;
    private readonly THandler?[] _handlers;

    /// <param name="surface">The ABI.</param>
    /// <param name="over">The conduit ABI by which it is reached: rows of the other are not there.</param>
    /// <param name="handlers">A handler for every row that is served.</param>
    /// <param name="refuse">Makes the handler of a refused row from the code that the row names.</param>
    /// <exception cref="InvalidOperationException">Rows and handlers do not fit each other.</exception>
    internal DispatchTable(AbiSurface surface, Reach over, IEnumerable<KeyValuePair<uint, THandler>> handlers, Func<uint, THandler> refuse)
    {
        var wanted = new Dictionary<uint, THandler>(handlers);
        var served = new List<uint>();
        AbiRow[] rows = [.. surface.Rows.Where(row => row.IsCall && (row.Reach & over) != 0)];
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * rows.Length) + 1);
        _numbers = new uint[size];
        _handlers = new THandler?[size];
        foreach (AbiRow row in rows)
        {
            uint number = (uint)row.Number;
            bool isGiven = wanted.Remove(number, out THandler? handler);
            if (isGiven == (row.Support == Support.Refused))
                throw new InvalidOperationException($"{row.Name} is {row.Support} in the table of {surface.Title}, and {(isGiven ? "has a" : "has no")} handler.");
            handler ??= refuse(row.Refusal ?? throw new InvalidOperationException($"{row.Name} is refused, but the table of {surface.Title} does not say with which code."));
            int at = SlotOf(number);
            (_numbers[at], _handlers[at]) = (number, handler);
            if (isGiven)
                served.Add(number);
        }

        if (wanted.Count != 0)
            throw new InvalidOperationException($"0x{wanted.Keys.First():x} has a handler, but no row in the table of {surface.Title}.");
        Served = served;
    }

    /// <summary>The numbers that are served, rather than refused or not known.</summary>
    internal IReadOnlyList<uint> Served { get; }

    /// <summary>What carries a number out, or refuses it; null for a number that the ABI does not have.</summary>
    internal THandler? Find(uint number) => _handlers[SlotOf(number)];

    /// <summary>Where a number is, or would be.</summary>
    private int SlotOf(uint number)
    {
        int mask = _numbers.Length - 1;
        int at = (int)((number ^ (number >> 25)) & (uint)mask); // bits 30 and 31 tell the calling conventions apart
        while (_handlers[at] is not null && _numbers[at] != number)
            at = (at + 1) & mask;
        return at;
    }
}
