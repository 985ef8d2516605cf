using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>
/// The SMC entry: takes a register file, returns a register file. Fast calls go by a table; yielding calls become a message
/// for the kernel. Whatever the registers hold, there is an answer (invariant 2).
/// </summary>
internal sealed class SmcDispatcher : IFrameDispatcher
{
    private readonly IReadOnlyDictionary<uint, FastCall> _fastCalls;
    private readonly YieldingCalls _calls;
    private readonly MemoryObjectTable _objects;
    private readonly MemoryRelayer _relayer;
    private readonly ReservedShm _reserved;

    internal SmcDispatcher(FastCalls fastCalls, YieldingCalls calls, MemoryObjectTable objects, MemoryRelayer relayer, ReservedShm reserved)
    {
        _fastCalls = fastCalls.Table;
        _calls = calls;
        _objects = objects;
        _relayer = relayer;
        _reserved = reserved;
    }

    /// <summary>Every function id that is dispatched, for the test that compares them with the table of the ABI.</summary>
    internal IEnumerable<uint> Served =>
        _fastCalls.Keys.Concat([OpteeSmc.CallWithArg, OpteeSmc.CallWithRpcArg, OpteeSmc.CallWithRegdArg, OpteeSmc.CallReturnFromRpc]);

    /// <summary>Handles one frame in place.</summary>
    public void Handle(ref SmcFrame frame, TeeThread thread)
    {
        uint function = frame.A0;
        if ((function & OpteeSmc.FastCallBit) != 0)
            HandleFast(ref frame);
        else if (function == OpteeSmc.CallReturnFromRpc)
            frame.A0 = OpteeSmc.ReturnEResume; // nothing is suspended, or the RPC would have received this frame
        else
            frame.A0 = HandleYielding(function, ref frame, thread);
    }

    public void Fail(ref SmcFrame frame) => frame.A0 = OpteeSmc.ReturnEBadCmd;

    internal void HandleFast(ref SmcFrame frame)
    {
        if (_fastCalls.TryGetValue(frame.A0, out FastCall? call))
            call(ref frame);
        else
            frame.A0 = OpteeSmc.ReturnUnknownFunction;
    }

    private uint HandleYielding(uint function, ref SmcFrame frame, TeeThread thread)
    {
        if (function is not (OpteeSmc.CallWithArg or OpteeSmc.CallWithRpcArg or OpteeSmc.CallWithRegdArg))
            return OpteeSmc.ReturnEBadCmd;
        if (FindArgument(function, ref frame, out MemoryObject? memory, out ulong offset) is var error and not OpteeSmc.ReturnOk)
            return error;
        try
        {
            return Translate(_calls.Run(memory!, offset, frame.A1A2, function != OpteeSmc.CallWithArg, thread));
        }
        finally
        {
            memory!.Release();
        }
    }

    /// <summary>Finds the memory that the argument lies in and takes a reference on it.</summary>
    private uint FindArgument(uint function, ref SmcFrame frame, out MemoryObject? memory, out ulong offset)
    {
        if (function == OpteeSmc.CallWithRegdArg)
        {
            memory = _objects.Get(frame.A1A2);
            offset = frame.A3;
            return memory is null ? OpteeSmc.ReturnEBadAddr : OpteeSmc.ReturnOk;
        }

        ulong address = frame.A1A2;
        memory = null;
        offset = 0;
        if (!PhysicalRange.TryCreate(new PhysicalAddress(address), OpteeMsgArg.Size, out PhysicalRange head))
            return OpteeSmc.ReturnEBadAddr;
        if (_reserved.Range.Contains(head))
        {
            offset = address - _reserved.Range.Start.Value;
            memory = _reserved.Memory.TryAddReference() ? _reserved.Memory : null;
        }
        else if (address % OpteeMsg.PageSize == 0 && PhysicalRange.TryCreate(new PhysicalAddress(address), OpteeMsg.PageSize, out PhysicalRange page))
        {
            // Outside of reserved shm the argument has a page of its own (std_entry_with_parg upstream).
            memory = SharedMemory.FromRange(_relayer, page, cookie: 0);
        }

        return memory is null ? OpteeSmc.ReturnEBadAddr : OpteeSmc.ReturnOk;
    }

    private static uint Translate(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Done => OpteeSmc.ReturnOk,
        CallOutcome.BadAddress => OpteeSmc.ReturnEBadAddr,
        CallOutcome.ThreadLimit => OpteeSmc.ReturnEThreadLimit,
        _ => OpteeSmc.ReturnEBadCmd,
    };
}

/// <summary>A fast call: reads and writes registers, and touches nothing that could make it wait.</summary>
internal delegate void FastCall(ref SmcFrame frame);
