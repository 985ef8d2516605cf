namespace RestrictedTee.NormalWorld.Device;

/// <summary>A call that is under way in the TEE.</summary>
/// <param name="Session">The session that it is in; 0 while one is being opened.</param>
/// <param name="Ta">The trusted application.</param>
/// <param name="Command">What was invoked; null while a session is being opened.</param>
/// <param name="Pid">The client's process.</param>
/// <param name="Milliseconds">Since when.</param>
public sealed record CallInfo(uint Session, Guid Ta, uint? Command, int Pid, long Milliseconds);
