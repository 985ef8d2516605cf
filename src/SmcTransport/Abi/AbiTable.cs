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

/// <summary>By which conduit ABI a row can be reached.</summary>
[Flags]
public enum Reach
{
    /// <summary>Over SMC.</summary>
    Smc = 1,

    /// <summary>Over FF-A.</summary>
    Ffa = 2,

    /// <summary>Over either.</summary>
    Both = Smc | Ffa,
}

/// <summary>
/// One row of an ABI: its number, its name upstream, how far it is served, and what differs. <c>rtee abi</c> and the page in docs
/// are made of these rows. `DispatchTable` binds each to what carries it out, and no world starts when one is left over on
/// either side.
/// </summary>
/// <param name="Number">The number on the wire.</param>
/// <param name="Name">The name in the upstream header.</param>
/// <param name="Support">How far it is served.</param>
/// <param name="Note">What it does, and what differs.</param>
public sealed record AbiRow(ulong Number, string Name, Support Support, string Note)
{
    /// <summary>The code, in the ABI's own vocabulary, that a refused row answers.</summary>
    public uint? Refusal { get; init; }

    /// <summary>By which conduit ABI it can be reached.</summary>
    public Reach Reach { get; init; } = Reach.Both;

    /// <summary>Whether it is a call; else it is an answer that has a number like one.</summary>
    public bool IsCall { get; init; } = true;
}

/// <summary>All rows of one ABI.</summary>
/// <param name="Key">The short name by which the command line knows it.</param>
/// <param name="Title">What it is.</param>
/// <param name="Source">Where the numbers come from.</param>
/// <param name="Rows">The rows, in the order of their numbers.</param>
public sealed record AbiSurface(string Key, string Title, string Source, IReadOnlyList<AbiRow> Rows);
