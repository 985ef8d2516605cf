using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RestrictedTee.Sdk;

/// <summary>One parameter of a call from one trusted application to another.</summary>
/// <remarks>Spans may come from anywhere: the TA's own memory, or a memref it was given. What the other TA sees of them, the kernel decides by where they lie.</remarks>
public ref struct TaParam
{
    internal ParameterType Type;
    internal ref byte Start;

    /// <summary>How many bytes there are; what the other TA says in <see cref="Size"/> may be more.</summary>
    internal int Capacity;

    /// <summary>value.a, in or out.</summary>
    public uint A { get; set; }

    /// <summary>value.b, in or out.</summary>
    public uint B { get; set; }

    /// <summary>The size of a memref; after the call, what the other TA set it to. An operation that is used again starts from the whole span.</summary>
    public int Size { get; internal set; }

    /// <summary>Two values in.</summary>
    public static TaParam ValueInput(uint a, uint b = 0) => new() { Type = ParameterType.ValueInput, A = a, B = b };

    /// <summary>Two values out.</summary>
    public static TaParam ValueOutput() => new() { Type = ParameterType.ValueOutput };

    /// <summary>Two values in and out.</summary>
    public static TaParam ValueInOut(uint a, uint b = 0) => new() { Type = ParameterType.ValueInOut, A = a, B = b };

    /// <summary>Memory in.</summary>
    public static TaParam Input(ReadOnlySpan<byte> bytes) =>
        new() { Type = ParameterType.MemrefInput, Start = ref MemoryMarshal.GetReference(bytes), Size = bytes.Length, Capacity = bytes.Length };

    /// <summary>Memory out.</summary>
    public static TaParam Output(Span<byte> bytes) =>
        new() { Type = ParameterType.MemrefOutput, Start = ref MemoryMarshal.GetReference(bytes), Size = bytes.Length, Capacity = bytes.Length };

    /// <summary>Memory in and out.</summary>
    public static TaParam InOut(Span<byte> bytes) =>
        new() { Type = ParameterType.MemrefInOut, Start = ref MemoryMarshal.GetReference(bytes), Size = bytes.Length, Capacity = bytes.Length };

    internal readonly bool IsMemref => Type >= ParameterType.MemrefInput;

    /// <summary>All of its memory.</summary>
    internal readonly Span<byte> Bytes => MemoryMarshal.CreateSpan(ref Start, Capacity);
}

/// <summary>The four parameters of a call from one trusted application to another.</summary>
public ref struct TaOperation
{
    /// <summary>Parameter 0.</summary>
    public TaParam P0;

    /// <summary>Parameter 1.</summary>
    public TaParam P1;

    /// <summary>Parameter 2.</summary>
    public TaParam P2;

    /// <summary>Parameter 3.</summary>
    public TaParam P3;

    internal readonly ParameterTypes Types => ParameterTypes.Of(P0.Type, P1.Type, P2.Type, P3.Type);
}
