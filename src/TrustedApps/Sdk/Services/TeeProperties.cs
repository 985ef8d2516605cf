using System.Globalization;

namespace RestrictedTee.Sdk;

/// <summary>Properties with their types (TEE_GetPropertyAs…, GPD_SPE_010 section 4.4).</summary>
/// <remarks>
/// Each getter throws <see cref="TeeException"/>: ItemNotFound when the set has no property of that name, BadFormat when it
/// cannot be had as that type. The enumerator is <see cref="Names"/>: an order that stays, and each name once.
/// </remarks>
public static class TeeProperties
{
    /// <summary>The names in a set (TEE_StartPropertyEnumerator, TEE_GetNextProperty, TEE_GetPropertyName).</summary>
    public static IReadOnlyList<string> Names(PropertySet set) => Tee.PropertyNames(set);

    /// <summary>TEE_GetPropertyAsBool.</summary>
    public static bool GetBoolean(PropertySet set, string name) => Get(set, name) is bool value ? value : throw BadFormat(name);

    /// <summary>TEE_GetPropertyAsU32.</summary>
    public static uint GetUInt32(PropertySet set, string name) => Get(set, name) switch
    {
        uint value => value,
        int value and >= 0 => (uint)value,
        _ => throw BadFormat(name),
    };

    /// <summary>TEE_GetPropertyAsU64.</summary>
    public static ulong GetUInt64(PropertySet set, string name) => GetUInt32(set, name);

    /// <summary>TEE_GetPropertyAsUUID.</summary>
    public static Guid GetUuid(PropertySet set, string name) => Get(set, name) switch
    {
        Guid value => value,
        string text when Guid.TryParseExact(text, "D", out Guid value) => value,
        _ => throw BadFormat(name),
    };

    /// <summary>TEE_GetPropertyAsIdentity.</summary>
    public static TeeIdentity GetIdentity(PropertySet set, string name) => Get(set, name) is TeeIdentity value ? value : throw BadFormat(name);

    /// <summary>TEE_GetPropertyAsBinaryBlock: a string in base 64.</summary>
    public static byte[] GetBinaryBlock(PropertySet set, string name)
    {
        byte[] room = new byte[Get(set, name) is string text ? text.Length : throw BadFormat(name)];
        return Convert.TryFromBase64String(text, room, out int length) ? room[..length] : throw BadFormat(name);
    }

    /// <summary>TEE_GetPropertyAsString, which every property can be had as.</summary>
    public static string GetString(PropertySet set, string name) => Get(set, name) switch
    {
        bool value => value ? "true" : "false",
        TeeIdentity value => string.Create(CultureInfo.InvariantCulture, $"{value.Login}:{value.Uuid}"),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static object Get(PropertySet set, string name) =>
        Tee.GetProperty(set, name) ?? throw new TeeException(TeeResult.ItemNotFound, $"There is no property {name}.", TeeOrigin.Tee);

    private static TeeException BadFormat(string name) => new(TeeResult.BadFormat, $"Property {name} is of another type.", TeeOrigin.Tee);
}
