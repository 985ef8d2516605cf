using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>A list of parameters with what they name and hold, in memory outside of the managed heap that is wiped when it is disposed.</summary>
internal sealed unsafe class ParameterList : IDisposable
{
    private readonly byte* _room;
    private readonly int _size;
    private readonly List<Parameter> _parameters = [];
    private int _used;

    /// <param name="size">Room for all names and values, in bytes.</param>
    internal ParameterList(int size)
    {
        _size = size;
        _room = (byte*)NativeMemory.AllocZeroed((nuint)size);
    }

    ~ParameterList() => Wipe();

    /// <summary>Bytes as they are.</summary>
    internal ParameterList Bytes(string name, ReadOnlySpan<byte> value) => Add(name, ParameterKind.Bytes, value);

    /// <summary>A text.</summary>
    internal ParameterList Text(string name, string value) => Add(name, ParameterKind.Text, Encoding.UTF8.GetBytes(value));

    /// <summary>A number, big-endian; the library wants it as the machine has numbers.</summary>
    internal ParameterList Number(string name, ReadOnlySpan<byte> value)
    {
        value = value.TrimStart((byte)0);
        byte* key = Name(name);
        Span<byte> room = Take(Math.Max(8, value.Length), out byte* at);
        value.CopyTo(room);
        room[..value.Length].Reverse();
        _parameters.Add(Parameter.Of(key, ParameterKind.Number, at, (nuint)room.Length));
        return this;
    }

    /// <summary>A number.</summary>
    internal ParameterList Number(string name, uint value)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(number, value);
        return Number(name, number);
    }

    /// <summary>What another list has; that one must stay.</summary>
    internal ParameterList With(ParameterList other)
    {
        _parameters.AddRange(other._parameters);
        return this;
    }

    /// <summary>The list with its end.</summary>
    internal ReadOnlySpan<Parameter> End() => (Parameter[])[.. _parameters, default];

    public void Dispose()
    {
        Wipe();
        GC.SuppressFinalize(this);
    }

    private ParameterList Add(string name, ParameterKind kind, ReadOnlySpan<byte> value)
    {
        byte* key = Name(name);
        value.CopyTo(Take(value.Length + 1, out byte* at));
        _parameters.Add(Parameter.Of(key, kind, at, (nuint)value.Length));
        return this;
    }

    private byte* Name(string name)
    {
        Encoding.UTF8.GetBytes(name, Take(name.Length + 1, out byte* at));
        return at;
    }

    private Span<byte> Take(int count, out byte* at)
    {
        if (count > _size - _used)
            throw new InvalidOperationException($"A list of parameters of {_size} bytes has no room for {count} more.");
        at = _room + _used;
        _used += (count + 7) & ~7;
        return new Span<byte>(at, count);
    }

    private void Wipe()
    {
        new Span<byte>(_room, _size).Clear();
        NativeMemory.Free(_room);
    }
}
