using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace RestrictedTee.Sdk;

/// <summary>
/// What crosses to the kernel with a number: eight registers, and at most four pieces of memory that they name. Of the memory the kernel has
/// no more than the piece, for the length of the call; a confined process would name the same by object, offset and length.
/// </summary>
internal ref struct SystemCallFrame
{
    /// <summary>How many registers there are (TEE_SVC_MAX_ARGS).</summary>
    internal const int RegisterCount = 8;

    /// <summary>The pieces of memory, in the order in which they were named; for a call to another TA its parameters.</summary>
    internal TaOperation Memory;

    private Registers _registers;
    private int _named;

    /// <summary>A register: an argument, and what comes back of one.</summary>
    internal ulong this[int register]
    {
        readonly get => _registers[register];
        set => _registers[register] = value;
    }

    /// <summary>A register as a number of 32 bits. A larger one is the largest, which is no handle, no size and no name of anything.</summary>
    internal readonly uint UInt32(int register) => (uint)Math.Min(_registers[register], uint.MaxValue);

    /// <summary>A register as a size; a larger one than any size is the largest.</summary>
    internal readonly int Size(int register) => (int)Math.Min(_registers[register], int.MaxValue);

    /// <summary>Names memory to be read, at a register and, for its length, the one behind.</summary>
    internal void GiveInput(int register, ReadOnlySpan<byte> bytes)
    {
        Name(register, bytes.Length);
        Slot(_named++) = TaParam.Input(bytes);
    }

    /// <summary>Names memory to be written; the register behind has then the length that was written, or is needed.</summary>
    internal void GiveOutput(int register, Span<byte> bytes)
    {
        Name(register, bytes.Length);
        Slot(_named++) = TaParam.Output(bytes);
    }

    /// <summary>The memory to be read that a register names; none where it names none.</summary>
    internal ReadOnlySpan<byte> Input(int register) => IsNamed(register) ? Slot((int)_registers[register] - 1).Bytes : default;

    /// <summary>The memory to be written that a register names; none where it names none, or such as can only be read.</summary>
    internal Span<byte> Output(int register) =>
        IsNamed(register) && Slot((int)_registers[register] - 1) is { Type: ParameterType.MemrefOutput } slot ? slot.Bytes : default;

    /// <summary>Tells how much was written to the memory that a register names, or is needed; nothing of a call that came to nothing else.</summary>
    internal TeeResult Written(int register, TeeResult result, int size)
    {
        _registers[register + 1] = result is TeeResult.Success or TeeResult.ShortBuffer ? (uint)size : 0;
        return result;
    }

    private readonly bool IsNamed(int register) => _registers[register] != 0 && _registers[register] <= (uint)_named;

    private void Name(int register, int length)
    {
        _registers[register] = (uint)_named + 1;
        _registers[register + 1] = (uint)length;
    }

    [UnscopedRef]
    private ref TaParam Slot(int index)
    {
        switch (index)
        {
            case 0:
                return ref Memory.P0;
            case 1:
                return ref Memory.P1;
            case 2:
                return ref Memory.P2;
            default:
                return ref Memory.P3;
        }
    }

    [InlineArray(RegisterCount)]
    private struct Registers
    {
        private ulong _first;
    }
}
