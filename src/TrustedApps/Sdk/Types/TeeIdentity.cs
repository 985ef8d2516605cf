namespace RestrictedTee.Sdk;

/// <summary>TEE_Identity: the login class and the UUID that goes with it.</summary>
/// <param name="Login">TEE_LOGIN_*.</param>
/// <param name="Uuid">Client UUID; the nil UUID for a public login.</param>
public readonly record struct TeeIdentity(uint Login, Guid Uuid)
{
    /// <summary>TEE_LOGIN_TRUSTED_APP: the client is another TA, and the UUID its own. The kernel gives it; nobody outside can.</summary>
    public const uint LoginTrustedApp = 0xF000_0000;
}
