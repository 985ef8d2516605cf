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

    private enum Kind : byte
    {
        None,
        Value,
        Temporary,
        Shared,
        Null,
    }

    /// <summary>value.a.</summary>
    public uint A { get; set; }

    /// <summary>value.b.</summary>
    public uint B { get; set; }

    /// <summary>The size of a memref; after the call what the TA set it to, which may be more than was given (SHORT_BUFFER).</summary>
    public int Size { get; set; }

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
    public static Parameter Whole(SharedMemory memory) =>
        new() { _kind = Kind.Shared, _direction = memory.Flags, _shared = memory, Size = memory.Size };

    /// <summary>TEEC_MEMREF_PARTIAL_*.</summary>
    public static Parameter Partial(SharedMemory memory, Direction direction, int offset, int size) =>
        new() { _kind = Kind.Shared, _direction = direction, _shared = memory, _offset = offset, Size = size };

    /// <summary>Before the call: the ioctl parameter, and for temporary memory the shared memory that stands in for it.</summary>
    internal readonly TeeIoctlParam ToIoctl(TeeContext context, out SharedMemory? bounce)
    {
        bounce = null;
        switch (_kind)
        {
            case Kind.None:
                return default;
            case Kind.Value:
                return new TeeIoctlParam { Attr = (ulong)_direction, A = A, B = B };
            case Kind.Null:
                return new TeeIoctlParam { Attr = MemrefAttr, C = TeeIoctl.MemrefNull };
            case Kind.Shared:
                if ((_direction & ~_shared!.Flags) != 0)
                    throw new TeecException(TeecResult.BadParameters, TeecOrigin.Api, $"The shared memory was made for {_shared.Flags}, not for {_direction}");
                if (_shared.Context != context)
                    throw new TeecException(TeecResult.BadParameters, TeecOrigin.Api, "The shared memory is of another context");
                // Offsets and sizes that are out of bounds go on to the driver, whose business they are.
                _shared.BeforeCall(_direction);
                return new TeeIoctlParam { Attr = MemrefAttr, A = unchecked((ulong)_offset), B = unchecked((uint)Size), C = (ulong)_shared.Id };
            default:
                bounce = context.Bounces.Rent(_readOnly.Length);
                if (_direction.HasFlag(Direction.Input))
                    _readOnly.Span.CopyTo(bounce.Span);
                else
                    bounce.Span[.._readOnly.Length].Clear();
                return new TeeIoctlParam { Attr = MemrefAttr, A = 0, B = (ulong)_readOnly.Length, C = (ulong)bounce.Id };
        }
    }

    /// <summary>After the call: results.</summary>
    internal void FromIoctl(in TeeIoctlParam param, SharedMemory? bounce)
    {
        if (!_direction.HasFlag(Direction.Output))
            return;
        if (_kind == Kind.Value)
        {
            (A, B) = (unchecked((uint)param.A), unchecked((uint)param.B));
            return;
        }

        Size = (int)Math.Min(param.B, int.MaxValue);
        if (_kind == Kind.Temporary && Size <= _memory.Length)
            bounce!.Span[..Size].CopyTo(_memory.Span);
        else if (_kind == Kind.Shared)
            _shared!.AfterCall(_direction);
    }

    private readonly ulong MemrefAttr => (ulong)_direction + 4;
}
