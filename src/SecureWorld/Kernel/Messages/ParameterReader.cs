using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Arguments;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Kernel.Messages;

/// <summary>Turns the parameters of a message, already in private memory, into those of a call, or into an error (copy_in_params upstream).</summary>
/// <param name="abi">Which forms of memref there are: registered and temporary over SMC, the FF-A form over FF-A.</param>
/// <param name="relayer">Who says which memory may be used.</param>
/// <param name="objects">The memory that has a cookie.</param>
/// <param name="restricted">The pools.</param>
/// <param name="reserved">The reserved shm; null when there is none, as over FF-A.</param>
internal sealed class ParameterReader(ConduitAbi abi, MemoryRelayer relayer, MemoryObjectTable objects, RestrictedMemory restricted, ReservedShm? reserved)
{
    /// <summary>Fills <paramref name="parameters"/>; what it holds on failure is for the caller to reset.</summary>
    internal TeeResult Read(ReadOnlySpan<OpteeMsgParam> source, CallParameters parameters)
    {
        if (source.Length > ParameterTypes.Count)
            return TeeResult.BadParameters;
        int types = 0;
        for (int i = 0; i < source.Length; i++)
        {
            ref readonly OpteeMsgParam param = ref source[i];
            if (param.IsMeta)
                return TeeResult.BadParameters;
            ParameterType type = TypeOf(param.Type);
            TeeResult result = param.Type switch
            {
                OpteeMsgAttr.None => TeeResult.Success,
                OpteeMsgAttr.ValueInput or OpteeMsgAttr.ValueOutput or OpteeMsgAttr.ValueInOut => ReadValue(param, ref parameters[i]),
                OpteeMsgAttr.RmemInput or OpteeMsgAttr.RmemOutput or OpteeMsgAttr.RmemInOut => ReadRegistered(param, parameters, i),
                OpteeMsgAttr.TmemInput or OpteeMsgAttr.TmemOutput or OpteeMsgAttr.TmemInOut => ReadTemporary(param, parameters, i),
                _ => TeeResult.BadParameters,
            };
            if (result != TeeResult.Success)
                return result;
            types |= (int)type << (i * 4);
        }

        parameters.Types = new ParameterTypes((ushort)types);
        return TeeResult.Success;
    }

    /// <summary>Writes results back to where the message came from (copy_out_param upstream).</summary>
    internal static void WriteBack(CallParameters parameters, MessageWindow window, int firstParameter)
    {
        for (int i = 0; i < ParameterTypes.Count; i++)
        {
            ref CallParameters.Parameter slot = ref parameters[i];
            switch (parameters.Types[i])
            {
                case ParameterType.ValueOutput or ParameterType.ValueInOut:
                    window.WriteValue(firstParameter + i, slot.A, slot.B);
                    break;
                case ParameterType.MemrefOutput or ParameterType.MemrefInOut:
                    window.WriteSize(firstParameter + i, (ulong)Math.Max(slot.Size, 0));
                    break;
            }
        }
    }

    private static ParameterType TypeOf(OpteeMsgAttr attr) => attr switch
    {
        OpteeMsgAttr.ValueInput => ParameterType.ValueInput,
        OpteeMsgAttr.ValueOutput => ParameterType.ValueOutput,
        OpteeMsgAttr.ValueInOut => ParameterType.ValueInOut,
        OpteeMsgAttr.RmemInput or OpteeMsgAttr.TmemInput => ParameterType.MemrefInput,
        OpteeMsgAttr.RmemOutput or OpteeMsgAttr.TmemOutput => ParameterType.MemrefOutput,
        OpteeMsgAttr.RmemInOut or OpteeMsgAttr.TmemInOut => ParameterType.MemrefInOut,
        _ => ParameterType.None,
    };

    // The wire has 64 bits for a value, GlobalPlatform 32: the upper half is dropped, as upstream drops it.
    private static TeeResult ReadValue(in OpteeMsgParam param, ref CallParameters.Parameter slot)
    {
        if (param.Type != OpteeMsgAttr.ValueOutput)
            (slot.A, slot.B) = (unchecked((uint)param.A), unchecked((uint)param.B));
        return TeeResult.Success;
    }

    // A null memref leaves its slot without address; a size without memory is none (set_fmem_param, set_tmem_param upstream).
    private static TeeResult ReadNull(in OpteeMsgParam param) => param.B == 0 ? TeeResult.Success : TeeResult.BadParameters;

    private TeeResult ReadRegistered(in OpteeMsgParam param, CallParameters parameters, int index)
    {
        bool isFfa = abi == ConduitAbi.Ffa;
        if (isFfa && param.C == OpteeMsg.FmemInvalidGlobalId)
            return ReadNull(param);
        if (objects.Get(param.C) is not { } memory)
            return TeeResult.BadParameters;
        ulong offset = isFfa ? OpteeMsg.FmemOffset(param) : param.A;
        if (!memory.Contains(offset, param.B))
        {
            memory.Release();
            return TeeResult.Security;
        }

        if (memory is LentRange lent)
        {
            memory.Release();
            return ReadLent(lent, offset, param.B, parameters, index);
        }

        if (memory is ReservedRange reserved)
        {
            memory.Release();
            return ReadReserved(reserved, offset, param.B, parameters, index);
        }

        parameters.SetMemref(index, memory, offset, (int)param.B);
        return TeeResult.Success;
    }

    // A part of a reserved pool is that pool to a TA, which a reference is counted on: whoever gave the part out may do so again.
    private static TeeResult ReadReserved(ReservedRange reserved, ulong offset, ulong size, CallParameters parameters, int index)
    {
        if (!reserved.Pool.TryAddReference())
            return TeeResult.BadParameters;
        parameters.SetMemref(index, reserved.Pool, reserved.Offset + offset, (int)size);
        return TeeResult.Success;
    }

    // A lent range is no memory to a TA: only the buffer in it is that the reference lies in.
    private static TeeResult ReadLent(LentRange lent, ulong offset, ulong size, CallParameters parameters, int index)
    {
        PhysicalAddress start = lent.Region.Range.Start + offset;
        if (lent.Region.Find(PhysicalRange.Create(start, Math.Max(size, 1))) is not { } buffer)
            return TeeResult.BadParameters;
        parameters.SetMemref(index, buffer, start.Value - buffer.Range.Start.Value, (int)size);
        return TeeResult.Success;
    }

    private TeeResult ReadTemporary(in OpteeMsgParam param, CallParameters parameters, int index)
    {
        if (abi == ConduitAbi.Ffa)
            return TeeResult.BadParameters;
        if (param.A == 0)
            return ReadNull(param);
        if (param.IsNoncontig)
        {
            if (PageList.Read(relayer, param.A, param.B, param.C) is not { } pages)
                return TeeResult.BadParameters;
            parameters.SetMemref(index, pages, 0, (int)param.B);
            return TeeResult.Success;
        }

        // A reference to no bytes must still point into the memory, so it is looked up as if it were one byte long.
        if (!PhysicalRange.TryCreate(new PhysicalAddress(param.A), Math.Max(param.B, 1), out PhysicalRange range))
            return TeeResult.BadParameters;
        if (reserved is not null && reserved.Range.Contains(range) && reserved.Memory.TryAddReference())
        {
            parameters.SetMemref(index, reserved.Memory, param.A - reserved.Range.Start.Value, (int)param.B);
            return TeeResult.Success;
        }

        if (restricted.Find(range) is not { } buffer)
            return TeeResult.BadParameters;
        parameters.SetMemref(index, buffer, param.A - buffer.Range.Start.Value, (int)param.B);
        return TeeResult.Success;
    }
}

/// <summary>The head of bank 0 that both worlds use without registration (CFG_CORE_RESERVED_SHM upstream).</summary>
internal sealed record ReservedShm(SharedMemory Memory, PhysicalRange Range);
