using System.Collections.Concurrent;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using Serilog;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// What the secure world asks in the middle of a call (drivers/tee/optee/rpc.c upstream): time, waiting and memory are the
/// driver's own; the rest is handed to the supplicant.
/// </summary>
internal sealed class RpcHandler
{
    private readonly SupplicantQueue _supplicant;
    private readonly Func<IOpteeAbi> _abi;
    private readonly DispatchTable<RpcCommand> _table;
    private readonly ConcurrentDictionary<ulong, RpcMemory> _memory = new();
    private readonly object _notificationLock = new(); // protects the two below; what waits for the TEE's sake waits on it
    private readonly HashSet<ulong> _notified = [];
    private bool _closed;
    private long _lastCookie = 0x1000;

    internal RpcHandler(SupplicantQueue supplicant, Func<IOpteeAbi> abi)
    {
        (_supplicant, _abi) = (supplicant, abi);
        _table = Bind();
    }

    /// <summary>Carries out a request; its parameters are the answer's too.</summary>
    private delegate TeecResult RpcCommand(ref OpteeMessage message);

    /// <summary>An asynchronous notification with a value that a thread may be waiting for.</summary>
    internal void Notify(ulong value)
    {
        lock (_notificationLock)
        {
            _notified.Add(value);
            Monitor.PulseAll(_notificationLock);
        }
    }

    /// <summary>A cookie for memory that was allocated for the TEE, where the ABI leaves it to the driver.</summary>
    internal ulong NewCookie() => (ulong)Interlocked.Increment(ref _lastCookie);

    /// <summary>Keeps memory that the TEE has been given, until it frees it.</summary>
    internal void Keep(ulong cookie, ShmBlock block) => _memory[cookie] = new RpcMemory(block);

    /// <summary>Frees memory that the TEE was given; false for a cookie of none.</summary>
    internal bool Free(ulong cookie)
    {
        if (!_memory.TryRemove(cookie, out RpcMemory? memory))
            return false;
        _abi().RetireAllocation(cookie);
        memory.Dispose();
        if (memory.Loan is { } loan)
            SupplicantLender.GiveBack(_supplicant, loan);
        return true;
    }

    /// <summary>The secure world has gone: whoever waits on its behalf waits no more.</summary>
    internal void Close()
    {
        lock (_notificationLock)
        {
            _closed = true;
            Monitor.PulseAll(_notificationLock);
        }
    }

    /// <summary>Frees what a secure world that has gone will not free. To be called when no call is left in the memory.</summary>
    internal void FreeAll()
    {
        foreach (ulong cookie in _memory.Keys)
        {
            if (_memory.TryRemove(cookie, out RpcMemory? memory))
                memory.Dispose();
        }
    }

    /// <summary>
    /// Carries out the request in an RPC argument, and writes the answer there. Whatever goes wrong is an answer too: the call that it
    /// is part of waits in the secure world to be resumed.
    /// </summary>
    internal void Command(Span<byte> argument)
    {
        var message = default(OpteeMessage);
        message.ReadHead(argument);
        int count = (int)Math.Min(message.Arg.ParameterCount, OpteeSmc.RpcParameterCount);
        message.ReadParameters(argument, count);
        message.Arg.ParameterCount = (uint)count;
        message.Arg.ResultOrigin = (uint)TeecOrigin.Comms;
        message.Arg.Result = (uint)ServeAtBorder(ref message);
        message.WriteTo(argument, count);
    }

    private TeecResult ServeAtBorder(ref OpteeMessage message)
    {
        try
        {
            return Serve(ref message);
        }
        catch (Exception e)
        {
            Log.Error("RPC {Command} failed: {Type} in {Place}", message.Arg.Command, e.GetType().Name, e.TargetSite?.ToString());
            return TeecResult.Generic;
        }
    }

    /// <summary>What the table refuses is refused here; what it does not know is the supplicant's to answer, as upstream's driver leaves it.</summary>
    private TeecResult Serve(ref OpteeMessage message) =>
        _table.Find(message.Arg.Command) is { } serve ? serve(ref message) : _supplicant.Request(ref message, FindMemory);

    private DispatchTable<RpcCommand> Bind()
    {
        Dictionary<uint, RpcCommand> handlers = new()
        {
            [(uint)OpteeRpcCommand.LoadTa] = (ref message) => _supplicant.Request(ref message, FindMemory),
            [(uint)OpteeRpcCommand.SuppPlugin] = (ref message) => _supplicant.Request(ref message, FindMemory),
            [(uint)OpteeRpcCommand.Socket] = (ref message) => _supplicant.Request(ref message, FindMemory),
            [(uint)OpteeRpcCommand.GetTime] = GetTime,
            [(uint)OpteeRpcCommand.Notification] = (ref message) => Is(message, OpteeMsgAttr.ValueInput) ? Notification(message.Params[0]) : TeecResult.BadParameters,
            [(uint)OpteeRpcCommand.Suspend] = Suspend,
            [(uint)OpteeRpcCommand.ShmAlloc] = (ref message) => Is(message, OpteeMsgAttr.ValueInput) ? Allocate(ref message.Params[0]) : TeecResult.BadParameters,
            [(uint)OpteeRpcCommand.ShmFree] = (ref message) =>
                Is(message, OpteeMsgAttr.ValueInput) && Free(message.Params[0].B) ? TeecResult.Success : TeecResult.BadParameters,
        };
        return new DispatchTable<RpcCommand>(OpteeRpc.Commands, Reach.Both, handlers, code => (ref _) => (TeecResult)code);
    }

    private static TeecResult GetTime(ref OpteeMessage message)
    {
        if (!Is(message, OpteeMsgAttr.ValueOutput))
            return TeecResult.BadParameters;
        TimeSpan now = DateTime.UtcNow - DateTime.UnixEpoch;
        message.Params[0].A = (ulong)now.Ticks / TimeSpan.TicksPerSecond;
        message.Params[0].B = (ulong)now.Ticks % TimeSpan.TicksPerSecond * 100;
        return TeecResult.Success;
    }

    private TeecResult Suspend(ref OpteeMessage message)
    {
        if (!Is(message, OpteeMsgAttr.ValueInput))
            return TeecResult.BadParameters;
        long until = Environment.TickCount64 + (long)Math.Min(message.Params[0].A, int.MaxValue);
        lock (_notificationLock)
        {
            while (!_closed && until - Environment.TickCount64 is var left and > 0)
                Monitor.Wait(_notificationLock, (int)left);
            return _closed ? TeecResult.Communication : TeecResult.Success;
        }
    }

    private TeecResult Notification(OpteeMsgParam param)
    {
        if (param.A == OpteeRpc.NotificationSend)
        {
            Notify(param.B);
            return TeecResult.Success;
        }

        if (param.A != OpteeRpc.NotificationWait)
            return TeecResult.BadParameters;
        long until = param.C == 0 ? long.MaxValue : Environment.TickCount64 + (long)Math.Min(param.C, int.MaxValue);
        lock (_notificationLock)
        {
            while (!_notified.Remove(param.B))
            {
                if (_closed)
                    return TeecResult.Communication;
                long left = Math.Min(until - Environment.TickCount64, 60_000);
                if (left <= 0)
                    return TeecResult.Busy; // what upstream's driver answers when the wait timed out
                Monitor.Wait(_notificationLock, (int)left);
            }
        }

        return TeecResult.Success;
    }

    private TeecResult Allocate(ref OpteeMsgParam param)
    {
        ulong size = param.B;
        if (size is 0 or > (ulong)OpteeMsg.PageListEntries * OpteeMsg.PageListEntries * OpteeMsg.PageSize)
            return TeecResult.OutOfMemory;
        try
        {
            if (param.A == OpteeRpc.ShmTypeAppl && _supplicant.IsExternal)
            {
                TeecResult result = SupplicantLender.Borrow(_supplicant, _abi(), ref param, out RpcMemory? lent);
                if (lent is not null)
                    _memory[param.C] = lent;
                return result;
            }

            param = _abi().AnswerAllocation(size, out ShmBlock block);
            Keep(param.C, block);
            return TeecResult.Success;
        }
        catch (TeeDriverException e)
        {
            Log.Debug("No {Size} bytes for an RPC: {Reason}", size, e.Message);
            return TeecResult.OutOfMemory;
        }
    }

    private RpcMemory? FindMemory(ulong cookie) => _memory.GetValueOrDefault(cookie);

    private static bool Is(in OpteeMessage message, OpteeMsgAttr type) =>
        message.Arg.ParameterCount == 1 && message.Params[0].Type == type;
}
