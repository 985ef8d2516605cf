using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>TEE_PARAM_TYPE_* (GPD_SPE_010 table 4-3).</summary>
public enum ParameterType : byte
{
    /// <summary>TEE_PARAM_TYPE_NONE: not used.</summary>
    None = 0,

    /// <summary>TEE_PARAM_TYPE_VALUE_INPUT: two 32-bit values in.</summary>
    ValueInput = 1,

    /// <summary>TEE_PARAM_TYPE_VALUE_OUTPUT: two 32-bit values out.</summary>
    ValueOutput = 2,

    /// <summary>TEE_PARAM_TYPE_VALUE_INOUT: two 32-bit values in and out.</summary>
    ValueInOut = 3,

    /// <summary>TEE_PARAM_TYPE_MEMREF_INPUT: memory in.</summary>
    MemrefInput = 5,

    /// <summary>TEE_PARAM_TYPE_MEMREF_OUTPUT: memory out.</summary>
    MemrefOutput = 6,

    /// <summary>TEE_PARAM_TYPE_MEMREF_INOUT: memory in and out.</summary>
    MemrefInOut = 7,
}

/// <summary>The types of four parameters as one number: TEE_PARAM_TYPES(t0, t1, t2, t3), four bits each.</summary>
public readonly record struct ParameterTypes(ushort Mask)
{
    /// <summary>How many parameters a call has (TEE_NUM_PARAMS).</summary>
    public const int Count = 4;

    /// <summary>Packs four types.</summary>
    public static ParameterTypes Of(
        ParameterType p0 = ParameterType.None,
        ParameterType p1 = ParameterType.None,
        ParameterType p2 = ParameterType.None,
        ParameterType p3 = ParameterType.None) =>
        new((ushort)((int)p0 | ((int)p1 << 4) | ((int)p2 << 8) | ((int)p3 << 12)));

    /// <summary>The type of one parameter.</summary>
    public ParameterType this[int index] => (ParameterType)((Mask >> (index * 4)) & 0xF);

    /// <inheritdoc/>
    public override string ToString() => $"{this[0]}, {this[1]}, {this[2]}, {this[3]}";
}

/// <summary>What the six parameter views have in common: the type they stand for, and how one is made over a slot.</summary>
/// <typeparam name="TSelf">The view.</typeparam>
public interface IParameter<TSelf>
    where TSelf : IParameter<TSelf>, allows ref struct
{
    /// <summary>The type that a caller must pass.</summary>
    static abstract ParameterType Type { get; }

    /// <summary>Makes the view.</summary>
    internal static abstract TSelf Over(ref ParameterSlot slot);
}

/// <summary>Two values from the caller.</summary>
public readonly ref struct ValueInput : IParameter<ValueInput>
{
    private readonly ref ParameterSlot _slot;

    private ValueInput(ref ParameterSlot slot) => _slot = ref slot;

    /// <summary>TEE_PARAM_TYPE_VALUE_INPUT.</summary>
    public static ParameterType Type => ParameterType.ValueInput;

    /// <summary>The first value.</summary>
    public uint A => _slot.A;

    /// <summary>The second value.</summary>
    public uint B => _slot.B;

    static ValueInput IParameter<ValueInput>.Over(ref ParameterSlot slot) => new(ref slot);
}

/// <summary>Two values to the caller; they start as 0.</summary>
public readonly ref struct ValueOutput : IParameter<ValueOutput>
{
    private readonly ref ParameterSlot _slot;

    private ValueOutput(ref ParameterSlot slot) => _slot = ref slot;

    /// <summary>TEE_PARAM_TYPE_VALUE_OUTPUT.</summary>
    public static ParameterType Type => ParameterType.ValueOutput;

    /// <summary>The first value.</summary>
    public uint A
    {
        get => _slot.A;
        set => _slot.A = value;
    }

    /// <summary>The second value.</summary>
    public uint B
    {
        get => _slot.B;
        set => _slot.B = value;
    }

    static ValueOutput IParameter<ValueOutput>.Over(ref ParameterSlot slot) => new(ref slot);
}

/// <summary>Two values from the caller and back.</summary>
public readonly ref struct ValueInOut : IParameter<ValueInOut>
{
    private readonly ref ParameterSlot _slot;

    private ValueInOut(ref ParameterSlot slot) => _slot = ref slot;

    /// <summary>TEE_PARAM_TYPE_VALUE_INOUT.</summary>
    public static ParameterType Type => ParameterType.ValueInOut;

    /// <summary>The first value.</summary>
    public uint A
    {
        get => _slot.A;
        set => _slot.A = value;
    }

    /// <summary>The second value.</summary>
    public uint B
    {
        get => _slot.B;
        set => _slot.B = value;
    }

    static ValueInOut IParameter<ValueInOut>.Over(ref ParameterSlot slot) => new(ref slot);
}

/// <summary>Memory that the caller lets the TA read.</summary>
/// <remarks>
/// Normal memory can change while the TA looks at it: what must not change between a check and its use, copy first.
/// </remarks>
public readonly ref struct MemrefInput : IParameter<MemrefInput>
{
    private readonly ref ParameterSlot _slot;

    private MemrefInput(ref ParameterSlot slot) => _slot = ref slot;

    /// <summary>TEE_PARAM_TYPE_MEMREF_INPUT.</summary>
    public static ParameterType Type => ParameterType.MemrefInput;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _slot.Bytes;

    /// <summary>How many.</summary>
    public int Size => _slot.Capacity;

    /// <summary>Whether the reference is null, which is not the same as one of size 0.</summary>
    public bool IsNull => _slot.IsNull;

    /// <summary>Whether the memory is restricted (OP-TEE: TEE_MEMORY_ACCESS_SECURE).</summary>
    public bool IsRestricted => _slot.IsRestricted;

    /// <summary>Whether the memory is shared with the normal world (OP-TEE: TEE_MEMORY_ACCESS_NONSECURE).</summary>
    public bool IsNormal => _slot.IsNormal;

    static MemrefInput IParameter<MemrefInput>.Over(ref ParameterSlot slot) => new(ref slot);
}

/// <summary>Memory that the caller lets the TA write.</summary>
public readonly ref struct MemrefOutput : IParameter<MemrefOutput>
{
    private readonly ref ParameterSlot _slot;

    private MemrefOutput(ref ParameterSlot slot) => _slot = ref slot;

    /// <summary>TEE_PARAM_TYPE_MEMREF_OUTPUT.</summary>
    public static ParameterType Type => ParameterType.MemrefOutput;

    /// <summary>The bytes.</summary>
    public Span<byte> Span => _slot.Bytes;

    /// <summary>
    /// How many bytes there are; set it to how many were written, or to how many are needed together with
    /// TEE_ERROR_SHORT_BUFFER. The caller gets the last value; it starts as the size of the buffer.
    /// </summary>
    public int Size
    {
        get => _slot.Size;
        set => _slot.Size = value;
    }

    /// <summary>Whether the reference is null.</summary>
    public bool IsNull => _slot.IsNull;

    /// <summary>Whether the memory is restricted.</summary>
    public bool IsRestricted => _slot.IsRestricted;

    /// <summary>Whether the memory is shared with the normal world.</summary>
    public bool IsNormal => _slot.IsNormal;

    /// <summary>Which of the call's parameters it is.</summary>
    internal int Index => _slot.Index;

    static MemrefOutput IParameter<MemrefOutput>.Over(ref ParameterSlot slot) => new(ref slot);

    /// <summary>Copies into the buffer and sets <see cref="Size"/>.</summary>
    /// <exception cref="TeeException">TEE_ERROR_SHORT_BUFFER, with <see cref="Size"/> set to what is needed.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Size = bytes.Length;
        if (!bytes.TryCopyTo(Span))
            throw new TeeException(TeeResult.ShortBuffer);
    }
}

/// <summary>Memory that the caller lets the TA read and write.</summary>
public readonly ref struct MemrefInOut : IParameter<MemrefInOut>
{
    private readonly ref ParameterSlot _slot;

    private MemrefInOut(ref ParameterSlot slot) => _slot = ref slot;

    /// <summary>TEE_PARAM_TYPE_MEMREF_INOUT.</summary>
    public static ParameterType Type => ParameterType.MemrefInOut;

    /// <summary>The bytes.</summary>
    public Span<byte> Span => _slot.Bytes;

    /// <summary>As <see cref="MemrefOutput.Size"/>.</summary>
    public int Size
    {
        get => _slot.Size;
        set => _slot.Size = value;
    }

    /// <summary>Whether the reference is null.</summary>
    public bool IsNull => _slot.IsNull;

    /// <summary>Whether the memory is restricted.</summary>
    public bool IsRestricted => _slot.IsRestricted;

    /// <summary>Whether the memory is shared with the normal world.</summary>
    public bool IsNormal => _slot.IsNormal;

    static MemrefInOut IParameter<MemrefInOut>.Over(ref ParameterSlot slot) => new(ref slot);
}

/// <summary>
/// All four parameters as they came, for the rare command that takes many shapes (the pseudo TA of xtest's invoke tests is
/// one). A method with this single parameter accepts every call, so check <see cref="Types"/> first.
/// </summary>
public readonly ref struct RawParameters
{
    private readonly Span<ParameterSlot> _slots;

    internal RawParameters(Span<ParameterSlot> slots, ParameterTypes types)
    {
        _slots = slots;
        Types = types;
    }

    /// <summary>What the caller passed.</summary>
    public ParameterTypes Types { get; }

    /// <summary>One parameter as a view.</summary>
    /// <exception cref="TeeException">TEE_ERROR_BAD_PARAMETERS: the caller passed another type.</exception>
    public T Get<T>(int index)
        where T : IParameter<T>, allows ref struct =>
        Types[index] == T.Type ? T.Over(ref _slots[index]) : throw new TeeException(TeeResult.BadParameters);
}
