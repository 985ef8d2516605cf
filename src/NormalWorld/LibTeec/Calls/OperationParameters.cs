using RestrictedTee.LibTeec.Abi;
using RestrictedTee.LibTeec.Contexts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.LibTeec.Calls;

/// <summary>
/// The parameters of a TEEC_Operation there and back. What is refused, and what each result sets, is as in libteec
/// (teec_pre_process_operation, teec_post_process_operation).
/// </summary>
internal static unsafe class OperationParameters
{
    /// <summary>Before the call.</summary>
    /// <returns>False: a parameter is malformed, and the call is not to be made.</returns>
    internal static bool TryRead(TeecOperation* from, ClientContext context, CallSlot to)
    {
        for (int i = 0; i < TeecOperation.ParameterCount; i++)
        {
            if (!TryRead(from->TypeOf(i), TeecOperation.ParameterOf(from, i), context, to.TemporaryOf(i), out Parameter parameter))
                return false;
            to.Operation[i] = parameter;
        }

        return true;
    }

    /// <summary>After a call.</summary>
    internal static void Write(CallSlot from, TeecOperation* to)
    {
        for (int i = 0; i < TeecOperation.ParameterCount; i++)
        {
            TeecParameter* parameter = TeecOperation.ParameterOf(to, i);
            ref Parameter result = ref from.Operation[i];
            switch (to->TypeOf(i))
            {
                case TeecParameterType.ValueOutput or TeecParameterType.ValueInOut:
                    (parameter->A, parameter->B) = (result.A, result.B);
                    break;
                case TeecParameterType.TempOutput or TeecParameterType.TempInOut or TeecParameterType.PartialOutput or TeecParameterType.PartialInOut:
                case TeecParameterType.Whole when ((Direction)parameter->Parent->Flags).HasFlag(Direction.Output):
                    parameter->Size = (nuint)result.Size;
                    break;
            }
        }
    }

    private static bool TryRead(TeecParameterType type, TeecParameter* from, ClientContext context, ForeignMemory memory, out Parameter to)
    {
        switch (type)
        {
            case TeecParameterType.None:
                to = default;
                return true;
            case TeecParameterType.ValueInput:
                to = Parameter.ValueInput(from->A, from->B);
                return true;
            case TeecParameterType.ValueOutput:
                // What the TA does not set comes back as it was.
                to = Parameter.ValueOutput() with { A = from->A, B = from->B };
                return true;
            case TeecParameterType.ValueInOut:
                to = Parameter.ValueInOut(from->A, from->B);
                return true;
            case TeecParameterType.TempInput or TeecParameterType.TempOutput or TeecParameterType.TempInOut:
                return TryReadTemporary((Direction)(type - TeecParameterType.None - 4), from, memory, out to);
            case TeecParameterType.Whole:
                return TryReadRegistered(from->Parent, offset: 0, size: null, from->Parent is null ? 0 : (Direction)from->Parent->Flags & Direction.InOut, context, out to);
            case TeecParameterType.PartialInput or TeecParameterType.PartialOutput or TeecParameterType.PartialInOut:
                return TryReadRegistered(from->Parent, from->Offset, from->Size, (Direction)(type - TeecParameterType.Whole), context, out to);
            default:
                to = default;
                return false;
        }
    }

    private static bool TryReadTemporary(Direction direction, TeecParameter* from, ForeignMemory memory, out Parameter to)
    {
        to = default;
        if (from->Buffer is null)
        {
            to = Parameter.Null(direction);
            return from->Size == 0;
        }

        if (from->Size > int.MaxValue)
            throw new TeecException(TeecResult.OutOfMemory, TeecOrigin.Api, $"Temporary memory of {from->Size} bytes");
        Memory<byte> bytes = memory.At(from->Buffer, (int)from->Size);
        to = direction switch
        {
            Direction.Input => Parameter.TempInput(bytes),
            Direction.Output => Parameter.TempOutput(bytes),
            _ => Parameter.TempInOut(bytes),
        };
        return true;
    }

    /// <param name="parent">The shared memory, in which the program may have changed size and flags since; these count.</param>
    /// <param name="offset">Into it.</param>
    /// <param name="size">Null for all of it.</param>
    /// <param name="direction">Which way; flags that the memory must have.</param>
    /// <param name="context">The context of the call.</param>
    /// <param name="to">The parameter.</param>
    private static bool TryReadRegistered(TeecSharedMemory* parent, nuint offset, nuint? size, Direction direction, ClientContext context, out Parameter to)
    {
        to = default;
        if (parent is null || direction == 0 || ((Direction)parent->Flags & direction) != direction)
            return false;
        nuint length = size ?? parent->Size;
        if (offset > parent->Size || length > parent->Size - offset || parent->Size > int.MaxValue)
            return false;
        if (context.FindMemory(parent->Id) is not { } memory)
            return false;
        to = Parameter.Partial(memory, direction, (int)offset, (int)length);
        return true;
    }
}
