namespace RestrictedTee.Sdk;

/// <summary>TEE_Identity: the login class and the UUID that goes with it.</summary>
/// <param name="Login">TEE_LOGIN_*.</param>
/// <param name="Uuid">Client UUID; the nil UUID for a public login.</param>
public readonly record struct TeeIdentity(uint Login, Guid Uuid);
