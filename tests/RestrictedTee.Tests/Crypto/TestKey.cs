using System.Buffers.Binary;
using System.Text.Json;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;

namespace RestrictedTee.Tests.Crypto;

/// <summary>A key outside of the kernel, for engines.</summary>
internal sealed class TestKey
{
    private readonly ObjectTypeRow _row;
    private readonly byte[] _memory;
    private readonly int[] _sizes;
    private readonly int _maxSize;

    internal TestKey(ObjectType type, int maxSize = 0)
    {
        _row = ObjectTypeTable.Find(type)!;
        _maxSize = maxSize == 0 ? _row.MaxSize : maxSize;
        _memory = new byte[_row.RoomOf(_maxSize)];
        _sizes = [.. Enumerable.Repeat(-1, _row.Attributes.Count)];
    }

    internal KeyMaterial Material => new(_row, _maxSize, _memory, _sizes);

    internal static TestKey Of(JsonElement type, JsonElement parts)
    {
        var key = new TestKey(Enum.Parse<ObjectType>(type.GetString()!));
        foreach (JsonProperty part in parts.EnumerateObject())
            key.Set(Enum.Parse<AttributeId>(part.Name), part.Value);
        return key;
    }

    internal static TestKey Generate(ObjectType type, int bits, string provider, params (AttributeId Id, byte[] Value)[] given)
    {
        var key = new TestKey(type, bits);
        foreach ((AttributeId id, byte[] value) in given)
            Assert.True(key.Material.Set(id, value));
        Assert.Equal(TeeResult.Success, ObjectTypeTable.Find(type)!.Providers.Single(p => p.Name == provider).Generate!(key.Material, bits));
        return key;
    }

    /// <summary>What is public of it.</summary>
    internal TestKey Public()
    {
        var half = new TestKey(_row.PublicType!.Value, _maxSize);
        foreach (AttributeRow attribute in half._row.Attributes)
            half.Material.Set(attribute.Id, Material[attribute.Id]);
        return half;
    }

    /// <summary>Parameters as they cross to the kernel.</summary>
    internal static byte[] Encode(params (AttributeId Id, byte[] Value)[] attributes)
    {
        byte[] encoded = new byte[attributes.Sum(a => AttributeReader.SizeOf(a.Value.Length))];
        Span<byte> rest = encoded;
        foreach ((AttributeId id, byte[] value) in attributes)
            rest = AttributeReader.Write(rest, id, value);
        return encoded;
    }

    internal static byte[] Encode(JsonElement parameters) =>
        Encode([.. parameters.EnumerateObject().Select(p => (Enum.Parse<AttributeId>(p.Name), BytesOf(p.Value)))]);

    internal static byte[] Value(uint a)
    {
        byte[] value = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(value, a);
        return value;
    }

    private static byte[] BytesOf(JsonElement value) => value.ValueKind == JsonValueKind.Number ? Value(value.GetUInt32()) : Convert.FromHexString(value.GetString()!);

    private void Set(AttributeId id, JsonElement value) => Assert.True(Material.Set(id, BytesOf(value)));
}
