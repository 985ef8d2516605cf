using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RestrictedTee.Sdk;

/// <summary>
/// The properties of the TEE, of the calling TA and of its client (GPD_SPE_010 section 4.4): by name with a type, or one after the other.
/// </summary>
/// <remarks>Each getter throws <see cref="TeeException"/>: ItemNotFound for a set or a name that there is none of, BadFormat for another type.</remarks>
public static class TeeProperties
{
    private const int UsualSize = 256; // of a name, and of a value

    /// <summary>
    /// TEE_StartPropertyEnumerator, TEE_GetNextProperty, TEE_ResetPropertyEnumerator: all of a set, in an order that stays. What
    /// TEE_AllocatePropertyEnumerator and TEE_FreePropertyEnumerator do, foreach does.
    /// </summary>
    public static IEnumerable<TeeProperty> Of(PropertySet set)
    {
        for (uint index = 0; TryGet(set, index, out TeeProperty? property); index++)
            yield return property;
    }

    /// <summary>The names in a set, in the same order.</summary>
    public static IReadOnlyList<string> Names(PropertySet set) => [.. Of(set).Select(property => property.Name)];

    /// <summary>A property.</summary>
    public static TeeProperty Get(PropertySet set, string name) =>
        TryFind(set, name, out TeeProperty? property) ? property : throw new TeeException(TeeResult.ItemNotFound, $"There is no property {name} in {set}.", TeeOrigin.Tee);

    /// <summary>A property, where there is one.</summary>
    public static bool TryFind(PropertySet set, string name, [NotNullWhen(true)] out TeeProperty? property)
    {
        ArgumentNullException.ThrowIfNull(name);
        property = null;
        return Utee.GetPropertyNameToIndex(set, name, out uint index) == TeeResult.Success && TryGet(set, index, out property);
    }

    /// <summary>TEE_GetPropertyAsBool.</summary>
    public static bool GetBoolean(PropertySet set, string name) => Get(set, name).AsBoolean();

    /// <summary>TEE_GetPropertyAsU32.</summary>
    public static uint GetUInt32(PropertySet set, string name) => Get(set, name).AsUInt32();

    /// <summary>TEE_GetPropertyAsU64.</summary>
    public static ulong GetUInt64(PropertySet set, string name) => Get(set, name).AsUInt64();

    /// <summary>TEE_GetPropertyAsUUID.</summary>
    public static Guid GetUuid(PropertySet set, string name) => Get(set, name).AsUuid();

    /// <summary>TEE_GetPropertyAsIdentity.</summary>
    public static TeeIdentity GetIdentity(PropertySet set, string name) => Get(set, name).AsIdentity();

    /// <summary>TEE_GetPropertyAsBinaryBlock.</summary>
    public static byte[] GetBinaryBlock(PropertySet set, string name) => Get(set, name).AsBinaryBlock();

    /// <summary>TEE_GetPropertyAsString, which every property can be had as.</summary>
    public static string GetString(PropertySet set, string name) => Get(set, name).AsString();

    private static bool TryGet(PropertySet set, uint index, [NotNullWhen(true)] out TeeProperty? property)
    {
        property = null;
        byte[] name = new byte[UsualSize], value = new byte[UsualSize];
        TeeResult result = Utee.GetProperty(set, index, name, out int nameSize, value, out int valueSize, out PropertyType type);
        if (result == TeeResult.ShortBuffer)
        {
            (name, value) = (new byte[nameSize], new byte[valueSize]);
            result = Utee.GetProperty(set, index, name, out nameSize, value, out valueSize, out type);
        }

        if (result != TeeResult.Success)
            return false;
        int end = type is PropertyType.String or PropertyType.BinaryBlock ? 1 : 0; // text ends with a zero byte
        property = new TeeProperty(Encoding.UTF8.GetString(name, 0, nameSize - 1), type, value[..(valueSize - end)]);
        return true;
    }
}
