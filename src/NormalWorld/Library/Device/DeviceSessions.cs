using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>The sessions of one context: a session of another is refused here, so that none can be used by its number.</summary>
internal sealed class DeviceSessions(OpteeDriver driver, ClientIdentity client, ShmTable shared)
{
    private const uint NoneYet = 0; // the session of a call that opens one; the TEE gives no session this id

    private readonly object _lock = new(); // protects the two below; a leaf
    private readonly Dictionary<uint, Guid> _open = [];
    private readonly CallsUnderWay _calls = new(driver);
    private bool _closed;

    /// <summary>What is under way.</summary>
    internal IReadOnlyList<CallInfo> Calls => _calls.Of(client.Pid);

    /// <summary>TEE_IOC_OPEN_SESSION.</summary>
    internal void Open(ref TeeIoctlOpenSessionArg argument, Span<TeeIoctlParam> parameters)
    {
        (argument.Ret, argument.RetOrigin, argument.Session) = ((uint)TeecResult.OutOfMemory, (uint)TeecOrigin.Comms, 0);
        if (!driver.Sessions.TryTake(client.Pid))
            return;
        bool isOpen = false;
        try
        {
            isOpen = OpenShared(ref argument, parameters);
        }
        finally
        {
            if (!isOpen)
                driver.Sessions.GiveBack(client.Pid);
        }
    }

    /// <returns>Whether there is one more session now.</returns>
    private bool OpenShared(ref TeeIoctlOpenSessionArg argument, Span<TeeIoctlParam> parameters)
    {
        const int Meta = 2;
        Guid uuid = client.UuidFor(argument.ClientLogin, argument.ClientUuid);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.OpenSession;
        message.Params[0].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        message.Params[1].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref message.Params[0], argument.Uuid.ToGuid());
        UuidOctets.Write(ref message.Params[1], uuid);
        message.Params[1].C = argument.ClientLogin;

        ShmReferences references = default;
        CancellableCall call = _calls.Begin(NoneYet, argument.Uuid.ToGuid(), command: null, argument.CancelId);
        message.Arg.CancelId = call.Id;
        try
        {
            MessageParameters.ToMessage(driver.Abi, shared, parameters, ref message, Meta, ref references);
            MessageParameters.Finish(TryCall(ref message, call), ref message, parameters, Meta, ref references);
        }
        finally
        {
            _calls.End();
            references.Release();
        }

        (argument.Ret, argument.RetOrigin) = (message.Arg.Result, message.Arg.ResultOrigin);
        argument.Session = message.Arg.Result == 0 ? message.Arg.Session : 0;
        if (message.Arg.Result != 0)
            return false;
        lock (_lock)
        {
            if (!_closed)
            {
                bool isNew = !_open.ContainsKey(message.Arg.Session);
                _open[message.Arg.Session] = argument.Uuid.ToGuid(); // a TEE that gives an id twice has one session under it
                return isNew;
            }
        }

        CloseInTee(message.Arg.Session);
        throw new TeeDriverException(Errno.EBADF, "The device was closed meanwhile.");
    }

    /// <summary>TEE_IOC_INVOKE.</summary>
    internal void Invoke(ref TeeIoctlInvokeArg argument, Span<TeeIoctlParam> parameters)
    {
        Guid ta;
        lock (_lock)
            ta = FindLocked(argument.Session);
        CancellableCall call = _calls.Begin(argument.Session, ta, argument.Func, argument.CancelId);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
        message.Arg.Function = argument.Func;
        message.Arg.Session = argument.Session;
        message.Arg.CancelId = call.Id;
        ShmReferences references = default;
        try
        {
            MessageParameters.ToMessage(driver.Abi, shared, parameters, ref message, 0, ref references);
            MessageParameters.Finish(TryCall(ref message, call), ref message, parameters, 0, ref references);
        }
        finally
        {
            _calls.End();
            references.Release();
        }

        (argument.Ret, argument.RetOrigin) = (message.Arg.Result, message.Arg.ResultOrigin);
    }

    /// <summary>
    /// TEE_IOC_CANCEL. Session 0 means an open of this context, which upstream's driver leaves no way to cancel (optee_cancel_req wants a
    /// session) though GPD_SPE_007 section 4.5.10 asks for one.
    /// </summary>
    internal void Cancel(uint cancelId, uint session)
    {
        if (session != NoneYet || cancelId == 0)
        {
            lock (_lock)
                FindLocked(session);
        }

        _calls.Cancel(session, cancelId);
    }

    /// <summary>Cancels what a thread has invoked or is opening, whatever cancellation id its client gave it, because its client has died.</summary>
    internal void CancelCallOf(int managedThreadId) => _calls.CancelOf(managedThreadId);

    /// <summary>Cancels whatever runs in a session, because the operator wants it.</summary>
    /// <returns>False when nothing does, or it is not a session of this context.</returns>
    internal bool TryCancelAll(uint session) => _calls.TryCancelAll(session);

    /// <summary>TEE_IOC_CLOSE_SESSION.</summary>
    internal void Close(uint session)
    {
        lock (_lock)
        {
            if (!_open.Remove(session))
                throw NotOurs(session);
        }

        CloseInTee(session);
        driver.Sessions.GiveBack(client.Pid);
    }

    /// <summary>Opens no more, and closes what there is.</summary>
    internal void CloseAll()
    {
        uint[] sessions;
        lock (_lock)
        {
            _closed = true;
            sessions = [.. _open.Keys];
            _open.Clear();
        }

        foreach (uint session in sessions)
        {
            CloseInTee(session);
            driver.Sessions.GiveBack(client.Pid);
        }
    }

    private void CloseInTee(uint session)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.CloseSession;
        message.Arg.Session = session;
        TryCall(ref message);
    }

    private bool TryCall(ref OpteeMessage message, CancellableCall? call = null)
    {
        using CallingClient.Scope scope = CallingClient.As(client.Pid);
        return driver.TryCall(ref message, call);
    }

    /// <summary>The TA of a session; the lock is held.</summary>
    private Guid FindLocked(uint session)
    {
        if (_closed)
            throw TeeDevice.Closed();
        return _open.TryGetValue(session, out Guid ta) ? ta : throw NotOurs(session);
    }

    private static TeeDriverException NotOurs(uint session) => new(Errno.EINVAL, $"Session {session} is not of this context.");
}
