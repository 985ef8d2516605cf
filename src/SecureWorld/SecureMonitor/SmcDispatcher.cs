using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.SecureMonitor;

/// <summary>
/// The SMC entry: takes a register file, returns a register file. Fast calls go by a table; yielding calls become a message
/// for the kernel. Whatever the registers hold, there is an answer (invariant 2).
/// </summary>
internal sealed class SmcDispatcher
{
    private readonly IReadOnlyDictionary<uint, FastCall> _fastCalls;

    private readonly MessageEntry _messages;
    private readonly MemoryObjectTable _objects;
    private readonly NormalRamMap _ram;
    private readonly ReservedShm _reserved;
    private readonly ThreadLimit _threads;
    private readonly RpcClient _rpc;

    internal SmcDispatcher(
        FastCalls fastCalls, MessageEntry messages, MemoryObjectTable objects, NormalRamMap ram, ReservedShm reserved, ThreadLimit threads, RpcClient rpc)
    {
        _fastCalls = fastCalls.Table;
        _messages = messages;
        _objects = objects;
        _ram = ram;
        _reserved = reserved;
        _threads = threads;
        _rpc = rpc;
    }

    /// <summary>Every function id that is dispatched, for the test that compares them with the table of the ABI.</summary>
    internal IEnumerable<uint> Served =>
        _fastCalls.Keys.Concat([OpteeSmc.CallWithArg, OpteeSmc.CallWithRpcArg, OpteeSmc.CallWithRegdArg, OpteeSmc.CallReturnFromRpc]);

    /// <summary>Handles one frame in place.</summary>
    internal void Handle(ref SmcFrame frame, TeeThread thread)
    {
        uint function = frame.A0;
        if ((function & OpteeSmc.FastCallBit) != 0)
            HandleFast(ref frame);
        else if (function == OpteeSmc.CallReturnFromRpc)
            frame.A0 = OpteeSmc.ReturnEResume; // nothing is suspended, or the RPC would have received this frame
        else
            frame.A0 = HandleYielding(function, ref frame, thread);
    }

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
            return HandleMessage(memory!, offset, frame.A1A2, function != OpteeSmc.CallWithArg, thread);
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
            memory = SharedMemory.FromRange(_ram, page, cookie: 0);
        }

        return memory is null ? OpteeSmc.ReturnEBadAddr : OpteeSmc.ReturnOk;
    }

    private uint HandleMessage(MemoryObject memory, ulong offset, ulong cookie, bool hasRpcArgument, TeeThread thread)
    {
        int trailing = hasRpcArgument ? OpteeMsg.ArgSize(OpteeSmc.RpcParameterCount) : 0;
        var message = default(OpteeMessage);
        if (!MessageWindow.TryOpen(memory, offset, out MessageWindow window) || !window.TryRead(ref message, trailing))
            return OpteeSmc.ReturnEBadAddr;

        if (thread.IsFastOnly)
        {
            if (message.Arg.Command != (uint)OpteeMsgCommand.Cancel)
                return OpteeSmc.ReturnEThreadLimit;
            return _messages.Handle(ref message, window) ? OpteeSmc.ReturnOk : OpteeSmc.ReturnEBadCmd;
        }

        if (!_threads.TryEnter(out uint resume))
            return OpteeSmc.ReturnEThreadLimit;
        thread.ResumeInformation = resume;
        // The place of a supplied RPC argument is fixed by the call, so the normal world may reuse its record from call to call.
        if (hasRpcArgument)
            thread.RpcArgument = thread.SuppliedArgument(memory, offset + (ulong)OpteeMsg.ArgSize((int)message.Arg.ParameterCount), cookie);
        try
        {
            return _messages.Handle(ref message, window) ? OpteeSmc.ReturnOk : OpteeSmc.ReturnEBadCmd;
        }
        finally
        {
            _rpc.EndOfCall(thread);
            thread.RpcArgument = null;
            thread.ResumeInformation = 0;
            _threads.Exit();
        }
    }
}

/// <summary>A fast call: reads and writes registers, and touches nothing that could make it wait.</summary>
internal delegate void FastCall(ref SmcFrame frame);
