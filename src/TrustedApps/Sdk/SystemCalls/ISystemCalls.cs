namespace RestrictedTee.Sdk;

/// <summary>
/// How a trusted application enters the kernel. The secure world binds one to each of its threads (<see cref="Utee.BindToThread"/>), because
/// every call is one of the session that runs on the calling thread.
/// </summary>
internal interface ISystemCalls
{
    /// <summary>Makes a call.</summary>
    /// <returns>What the table of calls says; NotSupported for a number that is none.</returns>
    TeeResult Enter(SystemCall call, ref SystemCallFrame frame);

    /// <summary>
    /// The bytes of memory that was allocated by a call and is mapped for this TA; empty for a number that names none of its own. No call of
    /// the table: what an address space is to a native TA.
    /// </summary>
    Span<byte> View(uint memory);
}
