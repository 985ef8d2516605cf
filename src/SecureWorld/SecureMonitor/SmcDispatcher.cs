using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>A call: the frame is the request, and on return the answer. A fast one touches nothing that could make it wait.</summary>
internal delegate void SmcCall(ref SmcFrame frame, TeeThread thread);

/// <summary>
/// The SMC entry: takes a register file, returns a register file. Every call goes by the table of the ABI; yielding ones become a
/// message for the kernel. Whatever the registers hold, there is an answer (invariant 2).
/// </summary>
internal sealed class SmcDispatcher : IFrameDispatcher
{
    private readonly DispatchTable<SmcCall> _table;
    private readonly YieldingCalls _calls;
    private readonly MemoryObjectTable _objects;
    private readonly MemoryRelayer _relayer;
    private readonly ReservedShm _reserved;

    internal SmcDispatcher(FastCalls fastCalls, YieldingCalls calls, MemoryObjectTable objects, MemoryRelayer relayer, ReservedShm reserved)
    {
        _calls = calls;
        _objects = objects;
        _relayer = relayer;
        _reserved = reserved;
        Dictionary<uint, SmcCall> handlers = new(fastCalls.Handlers)
        {
            [OpteeSmc.CallWithArg] = CallWithArg,
            [OpteeSmc.CallWithRpcArg] = CallWithArg,
            [OpteeSmc.CallWithRegdArg] = CallWithArg,
            // Nothing is suspended, or the RPC would have received this frame.
            [OpteeSmc.CallReturnFromRpc] = (ref frame, _) => frame.A0 = OpteeSmc.ReturnEResume,
        };
        _table = new DispatchTable<SmcCall>(OpteeSmc.Calls, Reach.Smc, handlers, code => (ref frame, _) => frame.A0 = code);
    }

    /// <summary>Every function id that is served.</summary>
    internal IReadOnlyList<uint> Served => _table.Served;

    /// <summary>Handles one frame in place.</summary>
    public void Handle(ref SmcFrame frame, TeeThread thread)
    {
        uint function = frame.A0;
        if (_table.Find(function) is { } call)
            call(ref frame, thread);
        else
            frame.A0 = (function & OpteeSmc.FastCallBit) != 0 ? OpteeSmc.ReturnUnknownFunction : OpteeSmc.ReturnEBadCmd;
    }

    public void Fail(ref SmcFrame frame) => frame.A0 = OpteeSmc.ReturnEBadCmd;

    private void CallWithArg(ref SmcFrame frame, TeeThread thread)
    {
        uint function = frame.A0;
        uint error = FindArgument(function, ref frame, out MemoryObject? memory, out ulong offset);
        if (error != OpteeSmc.ReturnOk)
        {
            frame.A0 = error;
            return;
        }

        try
        {
            frame.A0 = Translate(_calls.Run(memory!, offset, frame.A1A2, function != OpteeSmc.CallWithArg, thread));
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
