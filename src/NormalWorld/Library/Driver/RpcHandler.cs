using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Frames;
using Serilog;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// What the secure world asks in the middle of a call (drivers/tee/optee/rpc.c upstream): time, waiting and memory are the
/// driver's own; the rest is handed to the supplicant.
/// </summary>
internal sealed class RpcHandler(ShmAllocator shm, SupplicantQueue supplicant)
{
    private readonly ConcurrentDictionary<ulong, ShmBlock> _blocks = new();
    private readonly object _notificationLock = new(); // protects _notified
    private readonly HashSet<ulong> _notified = [];
    private long _lastCookie = 0x1000;

    /// <summary>Serves one request; on return the registers are those to resume with, but for a0.</summary>
    internal void Handle(ref SmcFrame frame, Span<byte> suppliedArgument)
    {
        switch (frame.A0)
        {
            case OpteeSmc.ReturnRpcAlloc:
                AllocateArgument(ref frame);
                break;
            case OpteeSmc.ReturnRpcFree:
                Free(frame.A1A2);
                break;
            case OpteeSmc.ReturnRpcCmd:
                Command(suppliedArgument);
                break;
            case OpteeSmc.ReturnRpcForeignIntr:
                break;
            default:
                Log.Warning("The secure world made an RPC 0x{Code:x8} that the driver does not know", frame.A0);
                break;
        }
    }

    /// <summary>An asynchronous notification with a value that a thread may be waiting for.</summary>
    internal void Notify(ulong value)
    {
        lock (_notificationLock)
        {
            _notified.Add(value);
            Monitor.PulseAll(_notificationLock);
        }
    }

    private void AllocateArgument(ref SmcFrame frame)
    {
        (ulong address, ulong cookie) = (0, 0);
        try
        {
            ShmBlock block = shm.Allocate(Math.Max(frame.A1, 1));
            (address, cookie) = (block.Address.Value, Keep(block));
        }
        catch (TeeDriverException e)
        {
            Log.Warning("No memory for an RPC argument: {Reason}", e.Message);
        }

        frame.A1A2 = address;
        frame.A4A5 = cookie;
    }

    private void Command(Span<byte> argument)
    {
        var message = default(OpteeMessage);
        argument[..OpteeMsgArg.Size].CopyTo(message.ArgBytes());
        int count = (int)Math.Min(message.Arg.ParameterCount, OpteeSmc.RpcParameterCount);
        argument.Slice(OpteeMsgArg.Size, count * OpteeMsgParam.Size).CopyTo(message.ParamBytes(count));
        message.Arg.ParameterCount = (uint)count;
        message.Arg.ResultOrigin = (uint)TeecOrigin.Comms;
        message.Arg.Result = (uint)Serve(ref message);
        message.ArgBytes().CopyTo(argument);
        message.ParamBytes(count).CopyTo(argument[OpteeMsgArg.Size..]);
    }

    private TeecResult Serve(ref OpteeMessage message)
    {
        ref OpteeMsgParam first = ref message.Params[0];
        switch ((OpteeRpcCommand)message.Arg.Command)
        {
            case OpteeRpcCommand.GetTime when Is(message, OpteeMsgAttr.ValueOutput):
                TimeSpan now = DateTime.UtcNow - DateTime.UnixEpoch;
                first.A = (ulong)now.Ticks / TimeSpan.TicksPerSecond;
                first.B = (ulong)now.Ticks % TimeSpan.TicksPerSecond * 100;
                return TeecResult.Success;
            case OpteeRpcCommand.Suspend when Is(message, OpteeMsgAttr.ValueInput):
                Thread.Sleep((int)Math.Min(first.A, int.MaxValue));
                return TeecResult.Success;
            case OpteeRpcCommand.Notification when Is(message, OpteeMsgAttr.ValueInput):
                return Notification(first);
            case OpteeRpcCommand.ShmAlloc when Is(message, OpteeMsgAttr.ValueInput):
                return Allocate(ref first);
            case OpteeRpcCommand.ShmFree when Is(message, OpteeMsgAttr.ValueInput):
                return Free(first.B) ? TeecResult.Success : TeecResult.BadParameters;
            default:
                return supplicant.Request(ref message, FindBlock);
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
                long left = Math.Min(until - Environment.TickCount64, 60_000);
                if (left <= 0)
                    return TeecResult.Busy; // what upstream's driver answers when the wait timed out
                Monitor.Wait(_notificationLock, (int)left);
            }
        }

        return TeecResult.Success;
    }

    // The answer is a page list, as upstream's driver gives for memory that is not physically contiguous.
    private TeecResult Allocate(ref OpteeMsgParam param)
    {
        try
        {
            ulong size = param.B;
            int pages = checked((int)((size + OpteeMsg.PageSize - 1) / OpteeMsg.PageSize));
            if (pages is 0 or > OpteeMsg.PageListEntries * OpteeMsg.PageListEntries)
                return TeecResult.OutOfMemory;
            int listPages = (pages + OpteeMsg.PageListEntries - 1) / OpteeMsg.PageListEntries;
            // Data first, its page list behind it, so that one block holds both and one cookie frees both.
            ShmBlock block = shm.Allocate((ulong)(pages + listPages) * OpteeMsg.PageSize);
            ulong list = block.Address.Value + ((ulong)pages * OpteeMsg.PageSize);
            Span<ulong> entries = MemoryMarshal.Cast<byte, ulong>(block.Span[(pages * OpteeMsg.PageSize)..]);
            for (int i = 0, slot = 0; i < pages; i++)
            {
                if (slot % (OpteeMsg.PageListEntries + 1) == OpteeMsg.PageListEntries)
                {
                    entries[slot] = list + ((ulong)(slot + 1) * sizeof(ulong));
                    slot++;
                }

                entries[slot++] = block.Address.Value + ((ulong)i * OpteeMsg.PageSize);
            }

            param = new OpteeMsgParam
            {
                Attr = (ulong)OpteeMsgAttr.TmemOutput | OpteeMsg.AttrNoncontig,
                A = list,
                B = size,
                C = Keep(block),
            };
            return TeecResult.Success;
        }
        catch (Exception e) when (e is TeeDriverException or OverflowException)
        {
            return TeecResult.OutOfMemory;
        }
    }

    private bool Free(ulong cookie)
    {
        if (!_blocks.TryRemove(cookie, out ShmBlock? block))
            return false;
        block.Dispose();
        return true;
    }

    private ulong Keep(ShmBlock block)
    {
        ulong cookie = (ulong)Interlocked.Increment(ref _lastCookie);
        _blocks[cookie] = block;
        return cookie;
    }

    private ShmBlock? FindBlock(ulong cookie) => _blocks.GetValueOrDefault(cookie);

    private static bool Is(in OpteeMessage message, OpteeMsgAttr type) =>
        message.Arg.ParameterCount == 1 && message.Params[0].Type == type;
}
