namespace RestrictedTee.Sdk;

/// <summary>TEE_Time.</summary>
/// <param name="Seconds">Seconds.</param>
/// <param name="Millis">Milliseconds, below 1000.</param>
public readonly record struct TeeTime(uint Seconds, uint Millis);
