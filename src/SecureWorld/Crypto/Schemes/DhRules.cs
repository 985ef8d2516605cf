namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>What holds of Diffie-Hellman over numbers.</summary>
internal static class DhRules
{
    /// <summary>The longest number that is looked at, in bytes.</summary>
    internal const int MaxSize = 1024;
}
