namespace RestrictedTee.SmcTransport.Abi;

/// <summary>How far one row of an ABI is served here.</summary>
public enum Support
{
    /// <summary>As the specification has it.</summary>
    Full,

    /// <summary>Served with a difference that the row's note states.</summary>
    Partial,

    /// <summary>Known, and refused with the code that the row's note states.</summary>
    Refused,
}

/// <summary>
/// One row of an ABI: its number, its name upstream, how far it is served, and what differs. Dispatch, <c>rtee abi</c>, the
/// page in docs and the completeness test are all derived from these rows.
/// </summary>
/// <param name="Number">The number on the wire.</param>
/// <param name="Name">The name in the upstream header.</param>
/// <param name="Support">How far it is served.</param>
/// <param name="Note">What it does, and what differs.</param>
public sealed record AbiRow(ulong Number, string Name, Support Support, string Note);

/// <summary>All rows of one ABI.</summary>
/// <param name="Key">The short name by which the command line knows it.</param>
/// <param name="Title">What it is.</param>
/// <param name="Source">Where the numbers come from.</param>
/// <param name="Rows">The rows, in the order of their numbers.</param>
public sealed record AbiSurface(string Key, string Title, string Source, IReadOnlyList<AbiRow> Rows);
