namespace RestrictedTee.NormalWorld.Client;

/// <summary>What a client is talking to.</summary>
/// <param name="IsEmulation">Whether the TEE is an emulation in a process. Here it always is.</param>
/// <param name="MemoryProtection">"secretmem", "locked" or "anonymous".</param>
public sealed record PlatformInfo(bool IsEmulation, string MemoryProtection);
