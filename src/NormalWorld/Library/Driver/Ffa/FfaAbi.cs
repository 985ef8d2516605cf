using System.Numerics;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.NormalWorld.Driver.Ffa;

/// <summary>The driver over FF-A (drivers/tee/optee/ffa_abi.c upstream). Shared memory is named by the handle of its transaction.</summary>
internal sealed class FfaAbi(OpteeDriver driver, FfaDriver ffa, RpcHandler rpc, PhysicalRange slotPages) : IOpteeAbi
{
    private const uint BottomHalf = 0;

    private static readonly Guid TeeUuid = new("486178e0-e7f8-11e3-bc5e-0002a5d5c51b");

    private PartitionId _tee;
    private uint _ids;
    private OpteeFfa.SecureCapabilities _capabilities;
    private MemoryHandle _slots;

    internal static IOpteeAbi Create(OpteeDriver driver, RpcHandler rpc, ReservedShm reserved)
    {
        PhysicalRange slots = reserved.Slots;
        var ffa = new FfaDriver(driver, reserved.Bank, PhysicalRange.Create(slots.Start + slots.Length, FfaDriver.BufferBytes));
        return new FfaAbi(driver, ffa, rpc, slots);
    }

    /// <summary>The FF-A driver below.</summary>
    internal FfaDriver Ffa => ffa;

    public string Name => "FF-A";

    public ulong ReservedBytes => FfaDriver.BufferBytes;

    public bool CanLend => _capabilities.HasFlag(OpteeFfa.SecureCapabilities.Protmem);

    public void Probe()
    {
        ffa.Setup();
        _tee = ffa.GetPartitions(TeeUuid)[0].Id;
        _ids = ((uint)ffa.Id.Value << 16) | _tee.Value;
        SmcFrame version = Service(OpteeFfa.GetApiVersion);
        if (version.A3 != OpteeFfa.VersionMajor || version.A4 < OpteeFfa.VersionMinor)
            throw new TeeDriverException(Errno.ENODEV, $"The TEE speaks OP-TEE's FF-A service {version.A3}.{version.A4}, this driver {OpteeFfa.VersionMajor}.{OpteeFfa.VersionMinor}.");
        SmcFrame capabilities = Service(OpteeFfa.ExchangeCapabilities);
        _capabilities = (OpteeFfa.SecureCapabilities)capabilities.A5;
        if (capabilities.A3 != 0 || !_capabilities.HasFlag(OpteeFfa.SecureCapabilities.ArgOffset) || (capabilities.A4 & 0xFF) < OpteeSmc.RpcParameterCount)
            throw new TeeDriverException(Errno.ENODEV, $"The TEE cannot take messages at an offset with {OpteeSmc.RpcParameterCount} RPC parameters ({_capabilities}).");
        _slots = Share(slotPages);
    }

    public void EnableNotifications()
    {
        if (!_capabilities.HasFlag(OpteeFfa.SecureCapabilities.AsyncNotif))
            return;
        FfaDriver.Succeed(ffa.Call(FfaFunction.NotificationBitmapCreate, ffa.Id.Value, (uint)Environment.ProcessorCount));
        FfaDriver.Succeed(ffa.Call(FfaFunction.NotificationBind, ((uint)_tee.Value << 16) | ffa.Id.Value, 0, 1u << (int)BottomHalf));
        Service(OpteeFfa.EnableAsyncNotif, BottomHalf);
    }

    public void TakeNotifications()
    {
        const uint FromPartitions = 1;
        // Which endpoints have something is the scheduler's business; this one looks at its own.
        while (ffa.Call(FfaFunction.NotificationInfoGet64).A0 == FfaFunction.Success64)
        {
            SmcFrame frame = FfaDriver.Succeed(ffa.Call(FfaFunction.NotificationGet, ffa.Id.Value, FromPartitions));
            for (ulong pending = frame.A2 | ((ulong)frame.A3 << 32); pending != 0; pending &= pending - 1)
                Take((uint)BitOperations.TrailingZeroCount(pending));
        }
    }

    public void Begin(ref SmcFrame frame, CallSlot slot)
    {
        (frame.A0, frame.A1, frame.A3) = (FfaFunction.MsgSendDirectReq32, _ids, OpteeFfa.YieldingCallWithArg);
        (frame.A4, frame.A5, frame.A6) = (_slots.Low, _slots.High, (uint)(slot.Address.Value - slotPages.Start.Value));
    }

    public CallStep Continue(ref SmcFrame frame, Span<byte> rpcArgument)
    {
        if (frame.A0 != FfaFunction.MsgSendDirectResp32)
            return frame.Status() == FfaStatus.Busy ? CallStep.NoThread : CallStep.Refused;
        if (frame.A3 != 0)
            return (TeecResult)frame.A3 == TeecResult.Busy ? CallStep.NoThread : CallStep.Refused;
        uint kind = frame.A4, resume = frame.A7;
        switch (kind)
        {
            case OpteeFfa.ReturnDone:
                return CallStep.Done;
            case OpteeFfa.ReturnRpcCmd:
                rpc.Command(rpcArgument);
                break;
            case OpteeFfa.ReturnInterrupt:
                break;
            default:
                Log.Warning("The secure world made an RPC {Kind} that the driver does not know", kind);
                break;
        }

        frame = default;
        (frame.A0, frame.A1, frame.A3, frame.A7) = (FfaFunction.MsgSendDirectReq32, _ids, OpteeFfa.YieldingCallResume, resume);
        return CallStep.Resume;
    }

    public ulong RegisterShm(params ReadOnlySpan<PhysicalRange> ranges) => Share(ranges).Value;

    public void UnregisterShm(ulong cookie)
    {
        var handle = new MemoryHandle(cookie);
        try
        {
            if (Service(OpteeFfa.UnregisterShm, handle.Low, handle.High).A3 is var status and not 0)
                Log.Warning("Unregistering shared memory {Handle} failed with {Status}", handle, (FfaStatus)unchecked((int)status));
            ffa.Reclaim(handle);
        }
        catch (TeeDriverException e) when (e.Errno == Errno.ENODEV)
        {
            Log.Debug("Shared memory {Handle} went with the secure world", handle);
        }
        catch (TeeDriverException e)
        {
            Log.Warning("Shared memory {Handle} could not be reclaimed: {Reason}", handle, e.Message);
        }
    }

    public OpteeMsgParam NullMemref(ulong type) => new() { Attr = type, C = OpteeMsg.FmemInvalidGlobalId };

    public OpteeMsgParam AnswerAllocation(ulong size, out ShmBlock block)
    {
        block = driver.Shm.Allocate(size);
        try
        {
            return new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemOutput, B = size, C = Share(block.Range).Value };
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    public OpteeMsgParam AnswerLoan(PhysicalRange memory, ulong size, out ShmBlock? pageList)
    {
        pageList = null;
        return new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemOutput, B = size, C = Share(memory).Value };
    }

    // The TEE has relinquished it before it asked for it to be freed.
    public void RetireAllocation(ulong cookie) => ffa.Reclaim(new MemoryHandle(cookie));

    public ulong Lend(UseCase useCase, PhysicalRange range, ReadOnlySpan<uint> attributes)
    {
        // struct ffa_mem_access_perm: endpoint, permissions, flags.
        var receivers = new FfaReceiver[attributes.Length];
        for (int i = 0; i < receivers.Length; i++)
            receivers[i] = new FfaReceiver(new PartitionId(unchecked((ushort)attributes[i])), (FfaAccess)unchecked((byte)(attributes[i] >> 16)));
        MemoryHandle handle = ffa.Send(FfaFunction.MemLend64, [range], receivers, FfaMemoryFlags.Zero, tag: (uint)useCase);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.AssignProtmem;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = handle.Value, B = (uint)useCase };
        if (!driver.TryCall(ref message))
            throw new TeeDriverException(Errno.ENODEV, "The secure world has gone.");
        if (message.Arg.Result == 0)
            return handle.Value;
        ffa.Reclaim(handle);
        throw new TeeDriverException(Errno.EINVAL, $"The secure world refused {range} for {useCase} ({(TeecResult)message.Arg.Result}).");
    }

    public void Reclaim(ulong name)
    {
        var handle = new MemoryHandle(name);
        if (Service(OpteeFfa.ReleaseProtmem, handle.Low, handle.High).A3 is var status and not 0)
            throw new TeeDriverException(Errno.EBUSY, $"The secure world does not give lent memory back ({(FfaStatus)unchecked((int)status)}).");
        ffa.Reclaim(handle);
    }

    private MemoryHandle Share(params ReadOnlySpan<PhysicalRange> ranges)
    {
        // FF-A knows whole pages; the rest of the last one is the driver's own padding.
        PhysicalRange[] whole = ranges.ToArray();
        whole[^1] = PhysicalRange.Create(whole[^1].Start, (ulong)PageLists.PagesOf(whole[^1].Length) * PhysicalAddress.PageSize);
        return ffa.Send(FfaFunction.MemShare64, whole, [new FfaReceiver(_tee, FfaAccess.ReadWrite)]);
    }

    private void Take(uint notification)
    {
        if (notification == BottomHalf)
            driver.ScheduleBottomHalf();
        else
            rpc.Notify(notification);
    }

    private SmcFrame Service(uint service, uint w4 = 0, uint w5 = 0)
    {
        SmcFrame frame = default;
        (frame.A0, frame.A1, frame.A3, frame.A4, frame.A5) = (FfaFunction.MsgSendDirectReq32, _ids, service, w4, w5);
        driver.FastCall(ref frame);
        return FfaDriver.Succeed(frame);
    }
}
