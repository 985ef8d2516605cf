using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Device;

/// <summary>The sessions of one context: a session of another is refused here, so that none can be used by its number.</summary>
internal sealed class DeviceSessions(OpteeDriver driver, ClientIdentity client, ShmTable shared)
{
    private const uint WhateverRuns = 0; // cancellation id 0 matches any operation of the session

    private static uint s_lastOpening;

    private readonly object _lock = new(); // protects the three below; a leaf
    private readonly Dictionary<uint, Guid> _open = [];
    private readonly Dictionary<int, Call> _calls = []; // what a thread is calling
    private bool _closed;

    /// <summary>A call under way, and as what a cancellation names it.</summary>
    private readonly record struct Call(uint Session, Guid Ta, uint? Command, uint CancelId, long Since);

    /// <summary>What is under way.</summary>
    internal IReadOnlyList<CallInfo> Calls
    {
        get
        {
            long now = Environment.TickCount64;
            lock (_lock)
                return [.. _calls.Values.Select(call => new CallInfo(call.Session, call.Ta, call.Command, client.Pid, now - call.Since))];
        }
    }

    /// <summary>TEE_IOC_OPEN_SESSION.</summary>
    internal void Open(ref TeeIoctlOpenSessionArg argument, Span<TeeIoctlParam> parameters)
    {
        const int Meta = 2;
        Guid uuid = client.UuidFor(argument.ClientLogin, argument.ClientUuid);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.OpenSession;
        // An open has no session yet to tell it from other clients' opens, whose clients may have chosen the same id. No client
        // can cancel by that id (TEE_IOC_CANCEL wants a session of the context), so it is the driver's to choose.
        message.Arg.CancelId = Interlocked.Increment(ref s_lastOpening);
        message.Params[0].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        message.Params[1].Attr = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        UuidOctets.Write(ref message.Params[0], argument.Uuid.ToGuid());
        UuidOctets.Write(ref message.Params[1], uuid);
        message.Params[1].C = argument.ClientLogin;

        ShmReferences references = default;
        Begin(new Call(0, argument.Uuid.ToGuid(), null, message.Arg.CancelId, Environment.TickCount64));
        try
        {
            MessageParameters.ToMessage(driver.Abi, shared, parameters, ref message, Meta, ref references);
            MessageParameters.Finish(driver.TryCall(ref message), ref message, parameters, Meta, ref references);
        }
        finally
        {
            EndCall();
            references.Release();
        }

        (argument.Ret, argument.RetOrigin) = (message.Arg.Result, message.Arg.ResultOrigin);
        argument.Session = message.Arg.Result == 0 ? message.Arg.Session : 0;
        if (message.Arg.Result != 0)
            return;
        lock (_lock)
        {
            if (!_closed)
            {
                _open.Add(message.Arg.Session, argument.Uuid.ToGuid());
                return;
            }
        }

        CloseInTee(message.Arg.Session);
        throw new TeeDriverException(Errno.EBADF, "The device was closed meanwhile.");
    }

    /// <summary>TEE_IOC_INVOKE.</summary>
    internal void Invoke(ref TeeIoctlInvokeArg argument, Span<TeeIoctlParam> parameters)
    {
        BeginCall(argument.Session, argument.Func);
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.InvokeCommand;
        message.Arg.Function = argument.Func;
        message.Arg.Session = argument.Session;
        message.Arg.CancelId = argument.CancelId;
        ShmReferences references = default;
        try
        {
            MessageParameters.ToMessage(driver.Abi, shared, parameters, ref message, 0, ref references);
            MessageParameters.Finish(driver.TryCall(ref message), ref message, parameters, 0, ref references);
        }
        finally
        {
            EndCall();
            references.Release();
        }

        (argument.Ret, argument.RetOrigin) = (message.Arg.Result, message.Arg.ResultOrigin);
    }

    /// <summary>TEE_IOC_CANCEL.</summary>
    internal void Cancel(uint cancelId, uint session)
    {
        Check(session);
        CancelInTee(cancelId, session);
    }

    /// <summary>
    /// Cancels what a thread has invoked or is opening, whatever cancellation id its client gave it, because its client has died. The wish
    /// may overtake the call on its way into the TEE, so who wants the thread back asks again until it is there.
    /// </summary>
    internal void CancelCallOf(int managedThreadId)
    {
        Call call;
        lock (_lock)
        {
            if (!_calls.TryGetValue(managedThreadId, out call))
                return;
        }

        CancelInTee(call.CancelId, call.Session);
    }

    /// <summary>Cancels whatever runs in a session, because the operator wants it.</summary>
    /// <returns>False when nothing does, or it is not a session of this context.</returns>
    internal bool TryCancelAll(uint session)
    {
        lock (_lock)
        {
            if (!_calls.Values.Any(call => call.Command is not null && call.Session == session))
                return false;
        }

        CancelInTee(WhateverRuns, session);
        return true;
    }

    private void CancelInTee(uint cancelId, uint session)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.Cancel;
        message.Arg.Session = session;
        message.Arg.CancelId = cancelId;
        driver.TryCallFast(ref message);
    }

    /// <summary>TEE_IOC_CLOSE_SESSION.</summary>
    internal void Close(uint session)
    {
        lock (_lock)
        {
            if (!_open.Remove(session))
                throw NotOurs(session);
        }

        CloseInTee(session);
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

        Array.ForEach(sessions, CloseInTee);
    }

    private void CloseInTee(uint session)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = (uint)OpteeMsgCommand.CloseSession;
        message.Arg.Session = session;
        driver.TryCall(ref message);
    }

    private void Begin(Call call)
    {
        lock (_lock)
            _calls[Environment.CurrentManagedThreadId] = call;
    }

    private void BeginCall(uint session, uint command)
    {
        lock (_lock)
        {
            CheckLocked(session);
            _calls[Environment.CurrentManagedThreadId] = new Call(session, _open[session], command, WhateverRuns, Environment.TickCount64);
        }
    }

    private void EndCall()
    {
        lock (_lock)
            _calls.Remove(Environment.CurrentManagedThreadId);
    }

    private void Check(uint session)
    {
        lock (_lock)
            CheckLocked(session);
    }

    private void CheckLocked(uint session)
    {
        if (_closed)
            throw TeeDevice.Closed();
        if (!_open.ContainsKey(session))
            throw NotOurs(session);
    }

    private static TeeDriverException NotOurs(uint session) => new(Errno.EINVAL, $"Session {session} is not of this context.");
}
