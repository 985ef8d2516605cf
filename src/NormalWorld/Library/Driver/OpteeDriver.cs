using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>
/// The OP-TEE driver: probes the secure world, makes calls, serves its RPCs (drivers/tee/optee/smc_abi.c and call.c upstream).
/// </summary>
internal sealed class OpteeDriver : IDisposable
{
    private readonly ConduitPool _pool;
    private readonly CallSlot[] _slots;
    private readonly CallSlot _fast;
    private readonly object _fastLock = new(); // one fast call at a time; a leaf, and fast calls do not wait
    private readonly RpcHandler _rpc;
    private readonly PipeEnd? _notificationLine;
    private volatile bool _gone;
    private int _disposed;

    /// <exception cref="TeeDriverException">ENODEV: what answers is not an OP-TEE of a revision that this driver knows.</exception>
    internal OpteeDriver(IReadOnlyList<IConduit> conduits, IConduit fastConduit, PipeEnd? notificationLine, RamBank bank0, ShmAllocator shm, SupplicantQueue supplicant)
    {
        Shm = shm;
        Supplicant = supplicant;
        _notificationLine = notificationLine;
        PhysicalAddress page = bank0.Range.Start;
        _slots = [.. conduits.Select((conduit, i) => new CallSlot(conduit, bank0, page + ((ulong)i * OpteeMsg.PageSize)))];
        _fast = new CallSlot(fastConduit, bank0, page + ((ulong)_slots.Length * OpteeMsg.PageSize));
        _pool = new ConduitPool(_slots);
        _rpc = new RpcHandler(shm, supplicant);
        Probe();
        if (notificationLine is not null)
            new Thread(ServeNotifications, maxStackSize: 256 * 1024) { IsBackground = true, Name = "optee irq" }.Start();
    }

    internal ShmAllocator Shm { get; }

    internal SupplicantQueue Supplicant { get; }

    internal OpteeSmc.SecureCapabilities Capabilities { get; private set; }

    /// <summary>Whether the secure world has gone.</summary>
    internal bool IsGone => _gone;

    /// <summary>Raised once, when the secure world has gone.</summary>
    internal event Action? Gone;

    /// <summary>
    /// Carries out a message; its head and the first parameters travel, and come back with the results. Returns false when
    /// the call did not reach the TEE: the client then gets TEEC_ERROR_COMMUNICATION.
    /// </summary>
    internal bool TryCall(ref OpteeMessage message)
    {
        if (_gone)
            return false;
        CallSlot slot = _pool.Rent();
        try
        {
            return !_gone && Call(slot, ref message);
        }
        finally
        {
            _pool.Return(slot);
        }
    }

    /// <summary>Cancellation, on the conduit that never waits behind a TA.</summary>
    internal bool TryCallFast(ref OpteeMessage message)
    {
        if (_gone)
            return false;
        lock (_fastLock)
            return Call(_fast, ref message);
    }

    /// <summary>A fast call, register by register.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the secure world has gone.</exception>
    internal SmcFrame FastCall(uint function, uint a1 = 0)
    {
        SmcFrame frame = default;
        (frame.A0, frame.A1) = (function, a1);
        lock (_fastLock)
        {
            if (!_fast.Conduit.TrySend(frame) || !_fast.Conduit.TryReceive(ref frame))
            {
                SetGone();
                throw new TeeDriverException(Errno.ENODEV, "The secure world has gone.");
            }
        }

        return frame;
    }

    /// <summary>Registers memory by its pages, so that memrefs into it can be given by cookie.</summary>
    /// <exception cref="TeeDriverException">ENOMEM: the secure world refused; ENODEV: it has gone.</exception>
    internal void RegisterShm(PhysicalRange range, ulong cookie)
    {
        int pages = checked((int)((range.Length + OpteeMsg.PageSize - 1) / OpteeMsg.PageSize));
        int listPages = (pages + OpteeMsg.PageListEntries - 1) / OpteeMsg.PageListEntries;
        using ShmBlock list = Shm.Allocate((ulong)listPages * OpteeMsg.PageSize);
        Span<ulong> entries = MemoryMarshal.Cast<byte, ulong>(list.Span);
        int slot = 0;
        for (int i = 0; i < pages; i++)
        {
            if (slot % (OpteeMsg.PageListEntries + 1) == OpteeMsg.PageListEntries)
            {
                entries[slot] = list.Address.Value + ((ulong)(slot + 1) * sizeof(ulong));
                slot++;
            }

            entries[slot++] = range.Start.Value + ((ulong)i * OpteeMsg.PageSize);
        }

        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.RegisterShm;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam
        {
            Attr = (ulong)OpteeMsgAttr.TmemOutput | OpteeMsg.AttrNoncontig,
            A = list.Address.Value,
            B = range.Length,
            C = cookie,
        };
        if (!TryCall(ref message))
            throw new TeeDriverException(Errno.ENODEV, "The secure world has gone.");
        if (message.Arg.Result != 0)
            throw new TeeDriverException(Errno.ENOMEM, $"The secure world refused to register {range.Length} bytes of shared memory (0x{message.Arg.Result:x8}).");
    }

    internal void UnregisterShm(ulong cookie)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.UnregisterShm;
        message.Arg.ParameterCount = 1;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemInput, C = cookie };
        if (TryCall(ref message) && message.Arg.Result != 0)
            Log.Warning("Unregistering shared memory failed with 0x{Result:x8}", message.Arg.Result);
    }

    /// <summary>
    /// Closes the conduits: the secure world scrubs and goes, callers that still wait get an error. Returns when none of them
    /// is left in the shared memory; <see cref="IsDrained"/> says whether that came about.
    /// </summary>
    public void Dispose()
    {
        const int Milliseconds = 2000;
        SetGone();
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        foreach (CallSlot slot in _slots.Append(_fast))
            slot.Conduit.Dispose();
        _notificationLine?.Dispose();
        IsDrained = _pool.TryDrain(_slots.Length, Milliseconds);
    }

    /// <summary>Whether no call is left that could touch shared memory, so that it may be unmapped.</summary>
    internal bool IsDrained { get; private set; }

    private void Probe()
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
        Capabilities = (OpteeSmc.SecureCapabilities)capabilities.A1;
        const OpteeSmc.SecureCapabilities Needed =
            OpteeSmc.SecureCapabilities.HaveReservedShm | OpteeSmc.SecureCapabilities.DynamicShm | OpteeSmc.SecureCapabilities.RpcArg;
        if ((Capabilities & Needed) != Needed)
            throw new TeeDriverException(Errno.ENODEV, $"The TEE lacks {Needed & ~Capabilities}.");
        if (_notificationLine is not null && Capabilities.HasFlag(OpteeSmc.SecureCapabilities.AsyncNotif))
            FastCall(OpteeSmc.EnableAsyncNotif);
    }

    private bool Call(CallSlot slot, ref OpteeMessage message)
    {
        int count = (int)message.Arg.ParameterCount;
        Span<byte> page = slot.Page;
        message.ArgBytes().CopyTo(page);
        message.ParamBytes(count).CopyTo(page[OpteeMsgArg.Size..]);
        int rpcOffset = OpteeMsg.ArgSize(count);

        SmcFrame frame = default;
        frame.A0 = OpteeSmc.CallWithRpcArg;
        frame.A1A2 = slot.Address.Value;
        while (true)
        {
            if (!slot.Conduit.TrySend(frame) || !slot.Conduit.TryReceive(ref frame))
            {
                SetGone();
                return false;
            }

            uint code = frame.A0;
            if (OpteeSmc.IsRpc(code))
            {
                _rpc.Handle(ref frame, page[rpcOffset..]);
                frame.A0 = OpteeSmc.CallReturnFromRpc;
            }
            else if (code == OpteeSmc.ReturnEThreadLimit)
            {
                ConduitPool.WaitForThread();
                frame = default;
                frame.A0 = OpteeSmc.CallWithRpcArg;
                frame.A1A2 = slot.Address.Value;
            }
            else if (code != OpteeSmc.ReturnOk)
            {
                Log.Warning("The TEE answered message {Command} with SMC code 0x{Code:x}", message.Arg.Command, code);
                return false;
            }
            else
            {
                page[..OpteeMsgArg.Size].CopyTo(message.ArgBytes());
                message.Arg.ParameterCount = (uint)count;
                page.Slice(OpteeMsgArg.Size, count * OpteeMsgParam.Size).CopyTo(message.ParamBytes(count));
                return true;
            }
        }
    }

    private void ServeNotifications()
    {
        Span<byte> rung = stackalloc byte[64];
        try
        {
            while (true)
            {
                int count = _notificationLine!.TryRead(rung);
                if (count == 0)
                    return;
                if (count < 0)
                    _notificationLine.WaitReadable();
                else
                    TakeNotifications();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Log.Debug("The notification line has closed: {Reason}", e.Message);
        }
    }

    private void TakeNotifications()
    {
        SmcFrame frame;
        do
        {
            frame = FastCall(OpteeSmc.GetAsyncNotifValue);
            if ((frame.A2 & OpteeSmc.AsyncNotifValid) == 0)
                return;
            if (frame.A1 == OpteeSmc.AsyncNotifDoBottomHalf)
            {
                var message = default(OpteeMessage);
                message.Arg.Command = (uint)OpteeMsgCommand.DoBottomHalf;
                TryCall(ref message);
            }
            else
            {
                _rpc.Notify(frame.A1);
            }
        }
        while ((frame.A2 & OpteeSmc.AsyncNotifPending) != 0);
    }

    private void SetGone()
    {
        if (_gone)
            return;
        _gone = true;
        Supplicant.Close();
        Gone?.Invoke();
    }
}
