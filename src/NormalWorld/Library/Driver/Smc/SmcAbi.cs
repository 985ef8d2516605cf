using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.NormalWorld.Driver.Smc;

/// <summary>The driver over OP-TEE's SMC interface (drivers/tee/optee/smc_abi.c upstream).</summary>
internal sealed class SmcAbi(OpteeDriver driver, RpcHandler rpc) : IOpteeAbi
{
    private OpteeSmc.SecureCapabilities _capabilities;

    internal static IOpteeAbi Create(OpteeDriver driver, RpcHandler rpc, ReservedShm reserved) => new SmcAbi(driver, rpc);

    public string Name => "SMC";

    public ulong ReservedBytes => 0;

    public bool CanLend => _capabilities.HasFlag(OpteeSmc.SecureCapabilities.DynamicProtmem);

    public void Probe()
    {
        SmcFrame uid = FastCall(OpteeSmc.CallsUid);
        for (int i = 0; i < OpteeMsg.Uid.Length; i++)
        {
            if (uid[i] != OpteeMsg.Uid[i])
                throw new TeeDriverException(Errno.ENODEV, "What answers on the conduits is not an OP-TEE.");
        }

        SmcFrame revision = FastCall(OpteeSmc.CallsRevision);
        if (revision.A0 != OpteeMsg.RevisionMajor || revision.A1 < OpteeMsg.RevisionMinor)
            throw new TeeDriverException(Errno.ENODEV, $"The TEE speaks message revision {revision.A0}.{revision.A1}, this driver {OpteeMsg.RevisionMajor}.{OpteeMsg.RevisionMinor}.");
        SmcFrame capabilities = FastCall(OpteeSmc.ExchangeCapabilities);
        if (capabilities.A0 != OpteeSmc.ReturnOk)
            throw new TeeDriverException(Errno.ENODEV, $"The TEE refused the driver's capabilities (0x{capabilities.A0:x}).");
        _capabilities = (OpteeSmc.SecureCapabilities)capabilities.A1;
        const OpteeSmc.SecureCapabilities Needed =
            OpteeSmc.SecureCapabilities.HaveReservedShm
            | OpteeSmc.SecureCapabilities.DynamicShm
            | OpteeSmc.SecureCapabilities.MemrefNull
            | OpteeSmc.SecureCapabilities.RpcArg;
        if ((_capabilities & Needed) != Needed)
            throw new TeeDriverException(Errno.ENODEV, $"The TEE lacks {Needed & ~_capabilities}.");
    }

    public void EnableNotifications()
    {
        if (_capabilities.HasFlag(OpteeSmc.SecureCapabilities.AsyncNotif))
            FastCall(OpteeSmc.EnableAsyncNotif);
    }

    public void TakeNotifications()
    {
        SmcFrame frame;
        do
        {
            frame = FastCall(OpteeSmc.GetAsyncNotifValue);
            if ((frame.A2 & OpteeSmc.AsyncNotifValid) == 0)
                return;
            if (frame.A1 == OpteeSmc.AsyncNotifDoBottomHalf)
                driver.ScheduleBottomHalf();
            else
                rpc.Notify(frame.A1);
        }
        while ((frame.A2 & OpteeSmc.AsyncNotifPending) != 0);
    }

    public void Begin(ref SmcFrame frame, CallSlot slot)
    {
        frame.A0 = OpteeSmc.CallWithRpcArg;
        frame.A1A2 = slot.Address.Value;
    }

    public CallStep Continue(ref SmcFrame frame, Span<byte> rpcArgument)
    {
        uint code = frame.A0;
        if (!OpteeSmc.IsRpc(code))
            return code switch { OpteeSmc.ReturnOk => CallStep.Done, OpteeSmc.ReturnEThreadLimit => CallStep.NoThread, _ => CallStep.Refused };
        switch (code)
        {
            case OpteeSmc.ReturnRpcAlloc:
                AllocateArgument(ref frame);
                break;
            case OpteeSmc.ReturnRpcFree:
                rpc.Free(frame.A1A2);
                break;
            case OpteeSmc.ReturnRpcCmd:
                rpc.Command(rpcArgument);
                break;
            case OpteeSmc.ReturnRpcForeignIntr:
                break;
            default:
                Log.Warning("The secure world made an RPC 0x{Code:x8} that the driver does not know", code);
                break;
        }

        frame.A0 = OpteeSmc.CallReturnFromRpc;
        return CallStep.Resume;
    }

    public ulong RegisterShm(params ReadOnlySpan<PhysicalRange> ranges)
    {
        ulong cookie = ShmCookie.New();
        ulong length = PageLists.LengthOf(ranges);
        int pages = PageLists.PagesOf(length);
        using ShmBlock list = driver.Shm.Allocate((ulong)PageLists.ListPagesOf(pages) * OpteeMsg.PageSize);
        PageLists.Write(list.Span, list.Address, ranges);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.RegisterShm;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam
        {
            Attr = (ulong)OpteeMsgAttr.TmemOutput | OpteeMsg.AttrNoncontig,
            A = list.Address.Value,
            B = length,
            C = cookie,
        };
        Call(ref message);
        return message.Arg.Result == 0
            ? cookie
            : throw new TeeDriverException(Errno.ENOMEM, $"The secure world refused to register {length} bytes of shared memory (0x{message.Arg.Result:x8}).");
    }

    public void UnregisterShm(ulong cookie)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.UnregisterShm;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemInput, C = cookie };
        if (driver.TryCall(ref message) && message.Arg.Result != 0)
            Log.Warning("Unregistering shared memory failed with 0x{Result:x8}", message.Arg.Result);
    }

    public OpteeMsgParam NullMemref(ulong type) => new() { Attr = type + (OpteeMsgAttr.TmemInput - OpteeMsgAttr.RmemInput) };

    // The answer is a page list, as upstream's driver gives for memory that is not physically contiguous.
    public OpteeMsgParam AnswerAllocation(ulong size, out ShmBlock block)
    {
        int pages = PageLists.PagesOf(size);
        // Data first, its page list behind it, so that one block holds both and one cookie frees both.
        block = driver.Shm.Allocate((ulong)(pages + PageLists.ListPagesOf(pages)) * OpteeMsg.PageSize);
        PhysicalAddress list = block.Address + ((ulong)pages * OpteeMsg.PageSize);
        PageLists.Write(block.Span[(pages * OpteeMsg.PageSize)..], list, PhysicalRange.Create(block.Address, (ulong)pages * PhysicalAddress.PageSize));
        return new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.TmemOutput | OpteeMsg.AttrNoncontig, A = list.Value, B = size, C = rpc.NewCookie() };
    }

    public OpteeMsgParam AnswerLoan(PhysicalRange memory, ulong size, out ShmBlock? pageList)
    {
        int pages = PageLists.PagesOf(size);
        pageList = driver.Shm.Allocate((ulong)PageLists.ListPagesOf(pages) * OpteeMsg.PageSize);
        PageLists.Write(pageList.Span, pageList.Address, PhysicalRange.Create(memory.Start, (ulong)pages * PhysicalAddress.PageSize));
        return new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.TmemOutput | OpteeMsg.AttrNoncontig, A = pageList.Address.Value, B = size, C = rpc.NewCookie() };
    }

    public void RetireAllocation(ulong cookie)
    {
        // The cookie is the driver's own; the TEE has told nobody.
    }

    public ulong Lend(UseCase useCase, PhysicalRange range, ReadOnlySpan<uint> attributes)
    {
        ulong cookie = ShmCookie.New();
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.LendProtmem;
        message.Arg.ParameterCount = 2;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = (uint)useCase };
        message.Params[1] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.TmemInput, A = range.Start.Value, B = range.Length, C = cookie };
        Call(ref message);
        return (TeecResult)message.Arg.Result switch
        {
            TeecResult.Success => cookie,
            TeecResult.OutOfMemory => throw new TeeDriverException(Errno.ENOMEM, $"The secure world has no memory to take {range.Length} bytes over."),
            var result => throw new TeeDriverException(Errno.EINVAL, $"The secure world refused to be lent {range} for {useCase} ({result})."),
        };
    }

    public void Reclaim(ulong name)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.ReclaimProtmem;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemInput, C = name };
        Call(ref message);
        if (message.Arg.Result != 0)
            throw new TeeDriverException(Errno.EBUSY, $"The secure world does not give lent memory back ({(TeecResult)message.Arg.Result}).");
    }

    private void AllocateArgument(ref SmcFrame frame)
    {
        (ulong address, ulong cookie) = (0, 0);
        try
        {
            ShmBlock block = driver.Shm.Allocate(Math.Max(frame.A1, 1));
            (address, cookie) = (block.Address.Value, rpc.NewCookie());
            rpc.Keep(cookie, block);
        }
        catch (TeeDriverException e)
        {
            Log.Warning("No memory for an RPC argument: {Reason}", e.Message);
        }

        frame.A1A2 = address;
        frame.A4A5 = cookie;
    }

    private SmcFrame FastCall(uint function)
    {
        SmcFrame frame = default;
        frame.A0 = function;
        driver.FastCall(ref frame);
        return frame;
    }

    private void Call(ref OpteeMessage message)
    {
        if (!driver.TryCall(ref message))
            throw new TeeDriverException(Errno.ENODEV, "The secure world has gone.");
    }
}
