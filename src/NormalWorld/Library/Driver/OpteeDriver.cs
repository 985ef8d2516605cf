using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.Interleaving;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.NormalWorld.Driver;

/// <summary>The wires to the secure world.</summary>
/// <param name="Abi">What the frames on them mean.</param>
/// <param name="Conduits">For calls.</param>
/// <param name="FastConduit">For calls that must not wait behind a busy TA.</param>
/// <param name="NotificationLine">Null when there is none.</param>
internal sealed record DriverWiring(ConduitAbi Abi, IReadOnlyList<IConduit> Conduits, IConduit FastConduit, PipeEnd? NotificationLine);

/// <summary>
/// The OP-TEE driver: makes calls, serves the secure world's RPCs, whichever ABI they go by (drivers/tee/optee/core.c and call.c
/// upstream).
/// </summary>
internal sealed class OpteeDriver : IDisposable
{
    private readonly ConduitPool _pool;
    private readonly CallSlot[] _slots;
    private readonly CallSlot _fast;
    private readonly object _fastLock = new(); // one fast call at a time; a leaf, and fast calls do not wait
    private readonly PipeEnd? _notificationLine;
    private readonly BottomHalf _bottomHalf = new("optee bottom half");
    private int _bottomHalfWanted;
    private int _gone;
    private int _disposed;

    /// <exception cref="TeeDriverException">ENODEV: what answers is not an OP-TEE of a revision that this driver knows.</exception>
    internal OpteeDriver(DriverWiring wiring, RamBank bank0, PhysicalRange reserved, ShmAllocator shm, SupplicantQueue supplicant, AbiFactory makeAbi)
    {
        Shm = shm;
        SupplicantQueue = supplicant;
        _notificationLine = wiring.NotificationLine;
        PhysicalAddress page = bank0.Range.Start;
        _slots = [.. wiring.Conduits.Select((conduit, i) => new CallSlot(conduit, i, bank0, page + ((ulong)i * OpteeMsg.PageSize)))];
        _fast = new CallSlot(wiring.FastConduit, _slots.Length, bank0, page + ((ulong)_slots.Length * OpteeMsg.PageSize));
        var slots = PhysicalRange.Create(page, ((ulong)_slots.Length + 1) * OpteeMsg.PageSize);
        _pool = new ConduitPool(_slots);
        Rpc = new RpcHandler(supplicant, () => Abi!);
        Abi = makeAbi(this, Rpc, new ReservedShm(bank0, slots));
        ulong needed = slots.Length + Abi.ReservedBytes;
        if (reserved.Length < needed)
            throw new TeeDriverException(Errno.ENODEV, $"The board's reservedShm has {reserved.Length} bytes; {_slots.Length} conduits need {needed}.");
        Abi.Probe();
        if (_notificationLine is null)
            return;
        Abi.EnableNotifications();
        new Thread(ServeNotifications, maxStackSize: 256 * 1024) { IsBackground = true, Name = "optee irq" }.Start();
    }

    internal ShmAllocator Shm { get; }

    internal SupplicantQueue SupplicantQueue { get; }

    /// <summary>Sessions of clients. The TEE has 16384 for all, since it does not tell one client from another; the driver itself needs a few.</summary>
    internal FairShares Sessions { get; } = new(16_000);

    internal RpcHandler Rpc { get; }

    /// <summary>The conduit ABI.</summary>
    internal IOpteeAbi Abi { get; }

    /// <summary>Whether the secure world has gone.</summary>
    internal bool IsGone => Volatile.Read(ref _gone) != 0;

    /// <summary>What to say of a call that did not reach the TEE: it has gone, or it has refused this one call and serves on.</summary>
    internal TeeDriverException Unreached() => IsGone
        ? new TeeDriverException(Errno.ENODEV, "The secure world has gone.")
        : new TeeDriverException(Errno.EBUSY, "The secure world refused the call for want of memory or threads; try again.");

    /// <summary>Raised when the notification line has rung, on the thread that listens to it; whoever hears it must neither wait nor throw.</summary>
    internal event Action? Rung;

    /// <summary>Raised once, when the secure world has gone.</summary>
    internal event Action? Gone;

    /// <summary>
    /// Carries out a message; its head and the first parameters travel, and come back with the results. Returns false when
    /// the call did not reach the TEE: the client then gets TEEC_ERROR_COMMUNICATION. A call that is given up while it waits is answered
    /// here, with CANCEL.
    /// </summary>
    internal bool TryCall(ref OpteeMessage message, CancellableCall? cancellable = null)
    {
        if (IsGone)
            return false;
        InterleavingPoint.Reach("OpteeDriver.Rent");
        if (_pool.Rent(cancellable) is not { } slot)
        {
            if (!IsGone)
                CancellableCall.Answer(ref message);
            return !IsGone;
        }

        try
        {
            if (IsGone)
                return false;
            if (cancellable?.TrySend() != false)
                return Call(slot, ref message, cancellable);
            CancellableCall.Answer(ref message);
            return true;
        }
        finally
        {
            _pool.Return(slot);
        }
    }

    /// <summary>Cancellation, on the conduit that never waits behind a TA.</summary>
    internal bool TryCallFast(ref OpteeMessage message)
    {
        if (IsGone)
            return false;
        lock (_fastLock)
            return Call(_fast, ref message, cancellable: null);
    }

    /// <summary>One frame there and back on the conduit that never waits behind a TA.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the secure world has gone.</exception>
    internal void FastCall(ref SmcFrame frame)
    {
        lock (_fastLock)
            Exchange(_fast, ref frame);
    }

    /// <summary>Takes a conduit for frames of the caller's own, until it is given back: one CPU.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the secure world has gone.</exception>
    internal CallSlot RentConduit() => _pool.Rent(cancellable: null) ?? throw Unreached();

    internal void ReturnConduit(CallSlot slot) => _pool.Return(slot);

    /// <summary>One frame there and back on a conduit that the caller has.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the secure world has gone.</exception>
    internal void Exchange(CallSlot slot, ref SmcFrame frame)
    {
        if (slot.Conduit.TrySend(frame) && slot.Conduit.TryReceive(ref frame))
            return;
        SetGone();
        throw new TeeDriverException(Errno.ENODEV, "The secure world has gone.");
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
        _bottomHalf.Dispose();
        IsDrained = _pool.TryDrain(_slots.Length, Milliseconds);
        if (IsDrained)
            Rpc.FreeAll();
    }

    /// <summary>Whether no call is left that could touch shared memory, so that it may be unmapped.</summary>
    internal bool IsDrained { get; private set; }

    /// <summary>
    /// The TEE wants a thread of its own for a moment (OPTEE_MSG_CMD_DO_BOTTOM_HALF). That waits for a conduit, which may be long, so the
    /// thread that takes notifications and interrupts does not do it (notif_irq_thread_fn upstream).
    /// </summary>
    internal void ScheduleBottomHalf()
    {
        if (Interlocked.Exchange(ref _bottomHalfWanted, 1) == 0)
            _bottomHalf.Add(DoBottomHalf);
    }

    private void DoBottomHalf()
    {
        Volatile.Write(ref _bottomHalfWanted, 0);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.DoBottomHalf;
        TryCall(ref message);
    }

    private bool Call(CallSlot slot, ref OpteeMessage message, CancellableCall? cancellable)
    {
        InterleavingPoint.Reach("OpteeDriver.Call");
        int count = (int)message.Arg.ParameterCount;
        Span<byte> page = slot.Page;
        message.WriteTo(page, count);
        Span<byte> rpcArgument = page[OpteeMsg.ArgSize(count)..];

        SmcFrame frame = default;
        Abi.Begin(ref frame, slot);
        while (true)
        {
            if (!slot.Conduit.TrySend(frame) || !slot.Conduit.TryReceive(ref frame))
            {
                SetGone();
                return false;
            }

            switch (Abi.Continue(ref frame, rpcArgument))
            {
                case CallStep.Done:
                    message.ReadHead(page);
                    message.Arg.ParameterCount = (uint)count;
                    message.ReadParameters(page, count);
                    return true;
                case CallStep.NoThread when cancellable?.IsUnwanted == true:
                    CancellableCall.Answer(ref message);
                    return true;
                case CallStep.NoThread:
                    ConduitPool.WaitForThread();
                    frame = default;
                    Abi.Begin(ref frame, slot);
                    break;
                case CallStep.Refused:
                    Log.Warning("The TEE refused message {Command} over {Abi}: {Frame}", message.Arg.Command, Abi.Name, frame.ToString());
                    return false;
            }
        }
    }

    private void ServeNotifications()
    {
        Span<byte> rung = stackalloc byte[64];
        try
        {
            while (_notificationLine!.Read(rung) > 0)
            {
                Abi.TakeNotifications();
                Rung?.Invoke();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TeeDriverException)
        {
            Log.Debug("The notification line has closed: {Reason}", e.Message);
        }
        catch (Exception e)
        {
            // The border of the thread: what the secure world tells by its notifications must not end this process.
            Log.Error("Notifications are taken no more: {Type} in {Place}", e.GetType().Name, e.TargetSite?.ToString());
        }
    }

    private void SetGone()
    {
        if (Interlocked.Exchange(ref _gone, 1) != 0)
            return;
        InterleavingPoint.Reach("OpteeDriver.SetGone");
        SupplicantQueue.Close();
        Rpc.Close();
        _pool.Close();
        Gone?.Invoke();
    }
}
