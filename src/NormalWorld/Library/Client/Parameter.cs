using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>Which way a memref goes.</summary>
[Flags]
public enum Direction : uint
{
    /// <summary>TEEC_MEM_INPUT: the TA reads.</summary>
    Input = 1,

    /// <summary>TEEC_MEM_OUTPUT: the TA writes.</summary>
    Output = 2,

    /// <summary>Both.</summary>
    InOut = Input | Output,
}

/// <summary>One parameter of an operation (TEEC_Parameter). Made by the factory methods; results are read off it after the call.</summary>
public struct Parameter
{
    private Kind _kind;
    private Direction _direction;
    private Memory<byte> _memory;
    private ReadOnlyMemory<byte> _readOnly;
    private SharedMemory? _shared;
    private int _offset;
    private int _capacity;
    private int _size;

    private enum Kind : byte
    {
        None,
        Value,
        Temporary,
        Whole,
        Partial,
        Null,
    }

    /// <summary>value.a.</summary>
    public uint A { get; set; }

    /// <summary>value.b.</summary>
    public uint B { get; set; }

    /// <summary>
    /// The size of a memref; after the call what the TA set it to, which may be more than was given (SHORT_BUFFER). What the TA
    /// sets is an answer only: the next call with the same operation passes as much as the first.
    /// </summary>
    public int Size
    {
        readonly get => _size;
        set => (_size, _capacity) = (value, value);
    }

    /// <summary>TEEC_NONE.</summary>
    public static Parameter None => default;

    /// <summary>TEEC_VALUE_INPUT.</summary>
    public static Parameter ValueInput(uint a, uint b = 0) => new() { _kind = Kind.Value, _direction = Direction.Input, A = a, B = b };

    /// <summary>TEEC_VALUE_OUTPUT.</summary>
    public static Parameter ValueOutput() => new() { _kind = Kind.Value, _direction = Direction.Output };

    /// <summary>TEEC_VALUE_INOUT.</summary>
    public static Parameter ValueInOut(uint a, uint b = 0) => new() { _kind = Kind.Value, _direction = Direction.InOut, A = a, B = b };

    /// <summary>TEEC_MEMREF_TEMP_INPUT: copied into shared memory for the call.</summary>
    public static Parameter TempInput(ReadOnlyMemory<byte> memory) =>
        new() { _kind = Kind.Temporary, _direction = Direction.Input, _readOnly = memory, Size = memory.Length };

    /// <summary>TEEC_MEMREF_TEMP_OUTPUT: copied out of shared memory after the call.</summary>
    public static Parameter TempOutput(Memory<byte> memory) =>
        new() { _kind = Kind.Temporary, _direction = Direction.Output, _memory = memory, _readOnly = memory, Size = memory.Length };

    /// <summary>TEEC_MEMREF_TEMP_INOUT.</summary>
    public static Parameter TempInOut(Memory<byte> memory) =>
        new() { _kind = Kind.Temporary, _direction = Direction.InOut, _memory = memory, _readOnly = memory, Size = memory.Length };

    /// <summary>A null memref: the TA sees that there is no memory, which is not the same as memory of size 0.</summary>
    public static Parameter Null(Direction direction) => new() { _kind = Kind.Null, _direction = direction };

    /// <summary>TEEC_MEMREF_WHOLE: all of the shared memory, in the directions that it was made for.</summary>
    public static Parameter Whole(SharedMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return new() { _kind = Kind.Whole, _direction = memory.Flags, _shared = memory, Size = memory.Size };
    }

    /// <summary>TEEC_MEMREF_PARTIAL_*.</summary>
    public static Parameter Partial(SharedMemory memory, Direction direction, int offset, int size)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return new() { _kind = Kind.Partial, _direction = direction, _shared = memory, _offset = offset, Size = size };
    }

    private readonly ulong MemrefAttr => (ulong)_direction + 4;

    /// <summary>Before the call: the ioctl parameter, with what it refers to in a place that the TEE sees.</summary>
    /// <exception cref="TeecException">It cannot be passed; the call is not to be made.</exception>
    internal TeeIoctlParam ToIoctl(TeeContext context, int index, ref RequestMemory memory)
    {
        switch (_kind)
        {
            case Kind.None:
                return default;
            case Kind.Value:
                return new TeeIoctlParam { Attr = (ulong)_direction, A = A, B = B };
            case Kind.Null:
                _size = _capacity;
                return new TeeIoctlParam { Attr = MemrefAttr, B = unchecked((uint)_capacity), C = TeeIoctl.MemrefNull };
            case Kind.Temporary:
                Check(_capacity >= 0 && _capacity <= _readOnly.Length, "the size is more than the memory has");
                SharedMemory bounce = memory.Rent(index, _capacity);
                // An output's bytes too, as where the pages themselves are shared: what the TA leaves alone comes back as it was.
                _readOnly.Span[.._capacity].CopyTo(bounce.Span);
                return Memref(bounce);
            default:
                if (_kind == Kind.Whole)
                    _capacity = _shared!.Size;
                Check((_direction & ~_shared!.Flags) == 0 && _direction != 0, "the shared memory was not made for that direction");
                Check(_shared.Context == context, "the shared memory is of another context");
                Check(_offset >= 0 && _capacity >= 0 && _offset <= _shared.Size - _capacity, "the reference is out of the bounds of its shared memory");
                Check(memory.TryUse(index, _shared), "the shared memory has been released");
                _shared.BeforeCall(_offset, _capacity);
                return Memref(_shared);
        }
    }

    /// <summary>After a call that reached the TA: values, sizes, and as much of an output as fits.</summary>
    internal void FromIoctl(in TeeIoctlParam param, int index, in RequestMemory memory)
    {
        if (!_direction.HasFlag(Direction.Output))
            return;
        if (_kind == Kind.Value)
        {
            (A, B) = (unchecked((uint)param.A), unchecked((uint)param.B));
            return;
        }

        _size = (int)Math.Min(param.B, int.MaxValue);
        int written = Math.Min(_size, _capacity);
        if (_kind == Kind.Temporary)
            memory.RentedFor(index).Span[..written].CopyTo(_memory.Span);
        else if (_kind is Kind.Whole or Kind.Partial)
            _shared!.AfterCall(_offset, written);
    }

    private TeeIoctlParam Memref(SharedMemory shared)
    {
        _size = _capacity; // until the TA says otherwise
        return new TeeIoctlParam { Attr = MemrefAttr, A = (ulong)_offset, B = (ulong)_capacity, C = (ulong)shared.Id };
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new TeecException(TeecResult.BadParameters, TeecOrigin.Api, $"A parameter cannot be passed, {otherwise}");
    }
}
