using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>The other side's public key, as parameters of a derivation give it.</summary>
internal static class PeerParameters
{
    /// <summary>One attribute, and no other.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="id">Which.</param>
    /// <param name="size">Its size, in bytes; 0 for any.</param>
    /// <param name="value">Its bytes.</param>
    internal static bool TryRead(AttributeReader parameters, AttributeId id, int size, out ReadOnlySpan<byte> value)
    {
        value = [];
        if (!parameters.Read() || parameters.Id != id)
            return false;
        value = parameters.Content;
        return (size == 0 || value.Length == size) && !parameters.Read();
    }

    /// <summary>The two coordinates of a point, x first, and nothing else.</summary>
    internal static bool TryReadPoint(AttributeReader parameters, out ReadOnlySpan<byte> x, out ReadOnlySpan<byte> y)
    {
        y = x = [];
        if (!parameters.Read() || parameters.Id != AttributeId.EccPublicValueX)
            return false;
        x = parameters.Content;
        if (!parameters.Read() || parameters.Id != AttributeId.EccPublicValueY)
            return false;
        y = parameters.Content;
        return !parameters.Read();
    }
}
