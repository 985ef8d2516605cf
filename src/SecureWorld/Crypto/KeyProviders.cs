namespace RestrictedTee.SecureWorld.Crypto;

/// <summary>Who makes and checks keys.</summary>
internal static class KeyProviders
{
    /// <summary>The first that serves keys of that type and size; null for keys that are random bytes.</summary>
    internal static KeyProvider? For(ObjectTypeRow row, int bits)
    {
        foreach (KeyProvider provider in row.Providers)
        {
            if (provider.Serves(bits))
                return provider;
        }

        return null;
    }
}
