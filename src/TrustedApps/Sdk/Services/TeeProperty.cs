using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace RestrictedTee.Sdk;

/// <summary>
/// A property (GPD_SPE_010 section 4.4). Each can be had as a string; as another type only where it is of that one.
/// </summary>
public sealed class TeeProperty
{
    private readonly byte[] _value;

    internal TeeProperty(string name, PropertyType type, byte[] value) => (Name, Type, _value) = (name, type, value);

    /// <summary>TEE_GetPropertyName.</summary>
    public string Name { get; }

    /// <summary>What it is.</summary>
    public PropertyType Type { get; }

    /// <summary>A bool, uint, ulong, string, Guid or TeeIdentity; of a binary block the text.</summary>
    public object Value => Type switch
    {
        PropertyType.Boolean => AsBoolean(),
        PropertyType.UInt32 => AsUInt32(),
        PropertyType.UInt64 => AsUInt64(),
        PropertyType.Uuid => AsUuid(),
        PropertyType.Identity => AsIdentity(),
        _ => Text,
    };

    /// <summary>TEE_GetPropertyAsBool.</summary>
    /// <exception cref="TeeException">BadFormat.</exception>
    public bool AsBoolean() => BytesOf(PropertyType.Boolean)[0] != 0;

    /// <summary>TEE_GetPropertyAsU32.</summary>
    /// <exception cref="TeeException">BadFormat.</exception>
    public uint AsUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(BytesOf(PropertyType.UInt32));

    /// <summary>TEE_GetPropertyAsU64.</summary>
    /// <exception cref="TeeException">BadFormat.</exception>
    public ulong AsUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(BytesOf(PropertyType.UInt64));

    /// <summary>TEE_GetPropertyAsUUID.</summary>
    /// <exception cref="TeeException">BadFormat.</exception>
    public Guid AsUuid() => new(BytesOf(PropertyType.Uuid));

    /// <summary>TEE_GetPropertyAsIdentity.</summary>
    /// <exception cref="TeeException">BadFormat.</exception>
    public TeeIdentity AsIdentity()
    {
        ReadOnlySpan<byte> bytes = BytesOf(PropertyType.Identity);
        return new TeeIdentity(BinaryPrimitives.ReadUInt32LittleEndian(bytes), new Guid(bytes[4..]));
    }

    /// <summary>
    /// TEE_GetPropertyAsBinaryBlock: of the text in base 64, what is no digit is skipped, and padding ends it (base64_dec in
    /// lib/libutils/ext/base64.c upstream).
    /// </summary>
    /// <exception cref="TeeException">BadFormat: it is no binary block.</exception>
    public byte[] AsBinaryBlock()
    {
        string text = Encoding.UTF8.GetString(BytesOf(PropertyType.BinaryBlock));
        string digits = string.Concat(text.TakeWhile(c => c != '=').Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/'));
        if (digits.Length % 4 == 1)
            digits = digits[..^1]; // six bits are no byte
        return Convert.FromBase64String(digits.PadRight((digits.Length + 3) / 4 * 4, '='));
    }

    /// <summary>TEE_GetPropertyAsString: numbers in decimal, UUIDs with hyphens, an identity as "login:UUID".</summary>
    public string AsString() => Type switch
    {
        PropertyType.Boolean => AsBoolean() ? "true" : "false",
        PropertyType.Identity => string.Create(CultureInfo.InvariantCulture, $"{AsIdentity().Login}:{AsIdentity().Uuid}"),
        _ => Convert.ToString(Value, CultureInfo.InvariantCulture)!,
    };

    private string Text => Encoding.UTF8.GetString(_value);

    private ReadOnlySpan<byte> BytesOf(PropertyType type) => Type == type ? _value : throw BadFormat(type.ToString());

    private TeeException BadFormat(string wanted) => new(TeeResult.BadFormat, $"Property {Name} is a {Type} and not {wanted}.", TeeOrigin.Tee);
}
