using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Kernel.Instances;

/// <summary>A binary block, as the text in base 64 that a property has of it.</summary>
/// <param name="Text">The text.</param>
internal sealed record BinaryBlock(string Text);

/// <summary>The values that properties have, and how they cross to a TA (enum user_ta_prop_type in user_ta_header.h upstream).</summary>
internal static class PropertyValue
{
    private const int IdentitySize = 20; // TEE_Identity: login, UUID

    /// <summary>What a TA's attribute says, as a value of its type; null when it is none.</summary>
    internal static object? Parse(object given, PropertyType type) => (type, given) switch
    {
        (PropertyType.Boolean, bool) or (PropertyType.UInt32, uint) or (PropertyType.UInt64, ulong) or (PropertyType.String, string) => given,
        (PropertyType.UInt32, int and >= 0) => (uint)(int)given,
        (PropertyType.UInt64, long and >= 0) => (ulong)(long)given,
        (PropertyType.UInt64, int and >= 0) => (ulong)(int)given,
        (PropertyType.UInt64, uint number) => (ulong)number,
        (PropertyType.Uuid, string text) => Guid.TryParseExact(text, "D", out Guid uuid) ? uuid : null,
        (PropertyType.Identity, string text) => ParseIdentity(text),
        (PropertyType.BinaryBlock, string text) => new BinaryBlock(text), // what is no base 64 in it counts as nothing
        _ => null,
    };

    internal static PropertyType TypeOf(object value) => value switch
    {
        bool => PropertyType.Boolean,
        uint => PropertyType.UInt32,
        ulong => PropertyType.UInt64,
        Guid => PropertyType.Uuid,
        TeeIdentity => PropertyType.Identity,
        BinaryBlock => PropertyType.BinaryBlock,
        string => PropertyType.String,
        _ => throw new ArgumentException($"A property cannot be a {value.GetType().Name}."),
    };

    internal static byte[] BytesOf(object value)
    {
        switch (value)
        {
            case bool flag:
                return [flag ? (byte)1 : (byte)0];
            case uint number:
                byte[] four = new byte[sizeof(uint)];
                BinaryPrimitives.WriteUInt32LittleEndian(four, number);
                return four;
            case ulong number:
                byte[] eight = new byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(eight, number);
                return eight;
            case Guid uuid:
                return uuid.ToByteArray();
            case TeeIdentity identity:
                byte[] both = new byte[IdentitySize];
                BinaryPrimitives.WriteUInt32LittleEndian(both, identity.Login);
                identity.Uuid.TryWriteBytes(both.AsSpan(sizeof(uint)));
                return both;
            case BinaryBlock block:
                return TextOf(block.Text);
            default:
                return TextOf((string)value);
        }
    }

    /// <summary>Text as C has it: a zero byte ends it, and counts.</summary>
    internal static byte[] TextOf(string text) => Encoding.UTF8.GetBytes(text + '\0');

    /// <summary>"login:UUID", as upstream's library reads it (tee_api_property.c).</summary>
    private static TeeIdentity? ParseIdentity(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 2 && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint login) && Guid.TryParseExact(parts[1], "D", out Guid uuid)
            ? new TeeIdentity(login, uuid)
            : null;
    }
}
