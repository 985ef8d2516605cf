using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Arguments;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Kernel.Messages;

/// <summary>
/// What a yielding call asks for: one method per message command (core/tee/entry_std.c upstream).
/// </summary>
internal sealed class MessageEntry
{
    private readonly DispatchTable<CommandHandler> _commands;
    private readonly SessionManager _tas;
    private readonly ParameterReader _parameters;
    private readonly MemoryRelayer _relayer;
    private readonly MemoryObjectTable _objects;
    private readonly Notifications _notifications;

    internal MessageEntry(
        ConduitAbi abi,
        SessionManager tas,
        ParameterReader parameters,
        ProtectedMemoryCommands protectedMemory,
        MemoryRelayer relayer,
        MemoryObjectTable objects,
        Notifications notifications)
    {
        _tas = tas;
        _parameters = parameters;
        _relayer = relayer;
        _objects = objects;
        _notifications = notifications;
        var handlers = new Dictionary<uint, CommandHandler>
        {
            [(uint)OpteeMsgCommand.OpenSession] = OpenSession,
            [(uint)OpteeMsgCommand.InvokeCommand] = InvokeCommand,
            [(uint)OpteeMsgCommand.CloseSession] = CloseSession,
            [(uint)OpteeMsgCommand.Cancel] = Cancel,
            [(uint)OpteeMsgCommand.DoBottomHalf] = DoBottomHalf,
            [(uint)OpteeMsgCommand.StopAsyncNotif] = StopAsyncNotif,
            [(uint)OpteeMsgCommand.GetProtmemConfig] = (ref m, w) => Answer(w, Outcome.Tee(protectedMemory.GetConfig(ref m, w))),
        };
        if (abi == ConduitAbi.Smc)
        {
            handlers.Add((uint)OpteeMsgCommand.RegisterShm, RegisterShm);
            handlers.Add((uint)OpteeMsgCommand.UnregisterShm, UnregisterShm);
            handlers.Add((uint)OpteeMsgCommand.LendProtmem, (ref m, w) => Answer(w, Outcome.Tee(protectedMemory.Lend(ref m))));
            handlers.Add((uint)OpteeMsgCommand.ReclaimProtmem, (ref m, w) => Answer(w, Outcome.Tee(protectedMemory.Reclaim(ref m))));
        }
        else
        {
            handlers.Add((uint)OpteeMsgCommand.AssignProtmem, (ref m, w) => Answer(w, Outcome.Tee(protectedMemory.Assign(ref m))));
        }

        _commands = new DispatchTable<CommandHandler>(
            OpteeMsg.Commands, abi == ConduitAbi.Smc ? Reach.Smc : Reach.Ffa, handlers, result => (ref _, w) => Answer(w, Outcome.Tee((TeeResult)result)));
    }

    private delegate void CommandHandler(ref OpteeMessage message, MessageWindow window);

    /// <summary>The commands that are served.</summary>
    internal IReadOnlyList<uint> Served => _commands.Served;

    /// <summary>Carries out a message; false for a command that is not known.</summary>
    internal bool Handle(ref OpteeMessage message, MessageWindow window)
    {
        // Nearly all traffic goes by a compare.
        if (message.Arg.Command == (uint)OpteeMsgCommand.InvokeCommand)
            InvokeCommand(ref message, window);
        else if (_commands.Find(message.Arg.Command) is { } handler)
            handler(ref message, window);
        else
            return false;
        return true;
    }

    private void OpenSession(ref OpteeMessage message, MessageWindow window)
    {
        const int Meta = 2;
        const ulong MetaValue = OpteeMsg.AttrMeta | (ulong)OpteeMsgAttr.ValueInput;
        uint count = message.Arg.ParameterCount;
        Outcome outcome = Outcome.Tee(TeeResult.BadParameters);
        uint session = 0;
        if (count is >= Meta and <= OpteeMessage.Capacity
            && message.Params[0].Attr == MetaValue
            && message.Params[1].Attr == MetaValue
            && TryReadIdentity(message.Params[1], out TeeIdentity client))
        {
            CallParameters parameters = CallStack.Current.Next.Parameters;
            try
            {
                TeeResult read = _parameters.Read(((ReadOnlySpan<OpteeMsgParam>)message.Params)[Meta..(int)count], parameters);
                if (read == TeeResult.Success)
                {
                    Guid uuid = UuidOctets.Read(message.Params[0]);
                    outcome = _tas.OpenSession(
                        _tas.NormalWorldSessions, uuid, client, message.Arg.CancelId, TaClientSession.InfiniteTimeout, parameters, out session);
                    ParameterReader.WriteBack(parameters, window, Meta);
                }
                else
                {
                    outcome = Outcome.Tee(read);
                }
            }
            finally
            {
                parameters.Reset();
            }
        }

        window.WriteSession(session);
        Answer(window, outcome);
        TeeThread.Current.OpenedSession = session;
    }

    /// <summary>The conduit closed before it took the answer: nobody knows of the session that the call has opened.</summary>
    internal void AnswerLost(TeeThread thread)
    {
        if (thread.OpenedSession != 0)
            _tas.CloseSession(_tas.NormalWorldSessions, thread.OpenedSession);
        thread.OpenedSession = 0;
    }

    private void InvokeCommand(ref OpteeMessage message, MessageWindow window)
    {
        uint count = message.Arg.ParameterCount;
        if (count > ParameterTypes.Count)
        {
            Answer(window, Outcome.Tee(TeeResult.BadParameters));
            return;
        }

        CallParameters parameters = CallStack.Current.Next.Parameters;
        Outcome outcome;
        try
        {
            TeeResult read = _parameters.Read(((ReadOnlySpan<OpteeMsgParam>)message.Params)[..(int)count], parameters);
            if (read == TeeResult.Success)
            {
                outcome = _tas.InvokeCommand(
                    _tas.NormalWorldSessions, message.Arg.Session, message.Arg.Function, message.Arg.CancelId, TaClientSession.InfiniteTimeout, parameters);
                ParameterReader.WriteBack(parameters, window, 0);
            }
            else
            {
                outcome = Outcome.Tee(read);
            }
        }
        finally
        {
            parameters.Reset();
        }

        Answer(window, outcome);
    }

    private void CloseSession(ref OpteeMessage message, MessageWindow window)
    {
        TeeResult result = message.Arg.ParameterCount == 0
            ? _tas.CloseSession(_tas.NormalWorldSessions, message.Arg.Session)
            : TeeResult.BadParameters;
        Answer(window, Outcome.Tee(result));
    }

    private void Cancel(ref OpteeMessage message, MessageWindow window)
    {
        TeeResult result = message.Arg.ParameterCount == 0
            ? _tas.Cancel(_tas.NormalWorldSessions, message.Arg.Session, message.Arg.CancelId)
            : TeeResult.BadParameters;
        Answer(window, Outcome.Tee(result));
    }

    private void RegisterShm(ref OpteeMessage message, MessageWindow window)
    {
        const ulong Wanted = (ulong)OpteeMsgAttr.TmemOutput | OpteeMsg.AttrNoncontig;
        TeeResult result = TeeResult.BadParameters;
        if (message.Arg.ParameterCount == 1 && message.Params[0] is { Attr: Wanted, C: not 0 and not OpteeMsg.FmemInvalidGlobalId } param)
        {
            SharedMemory? memory = PageList.Read(_relayer, param.A, param.B, param.C);
            if (memory is not null && _objects.TryAdd(memory))
                result = TeeResult.Success;
            else
                memory?.Release();
        }

        Answer(window, Outcome.Tee(result));
    }

    private void UnregisterShm(ref OpteeMessage message, MessageWindow window)
    {
        TeeResult result = TeeResult.BadParameters;
        if (message.Arg.ParameterCount == 1 && message.Params[0].Attr == (ulong)OpteeMsgAttr.RmemInput)
        {
            SharedMemory? memory = _objects.Remove<SharedMemory>(message.Params[0].C);
            memory?.Release();
            result = memory is null ? TeeResult.BadParameters : TeeResult.Success; // as mobj_reg_shm_release_by_cookie upstream
        }

        Answer(window, Outcome.Tee(result));
    }

    private void DoBottomHalf(ref OpteeMessage message, MessageWindow window)
    {
        _notifications.DoBottomHalf();
        Answer(window, Outcome.Tee(TeeResult.Success));
    }

    private void StopAsyncNotif(ref OpteeMessage message, MessageWindow window)
    {
        _notifications.Stop();
        Answer(window, Outcome.Tee(TeeResult.Success));
    }

    private static bool TryReadIdentity(in OpteeMsgParam param, out TeeIdentity client)
    {
        const uint Public = 0, User = 1, Group = 2, Application = 4, ApplicationGroup = 6;
        client = default;
        if (param.C > uint.MaxValue)
            return false;
        uint login = (uint)param.C;
        switch (login)
        {
            case Public or KernelLogin.ReeKernel:
                client = new TeeIdentity(login, Guid.Empty);
                return true;
            case User or Group or (>= Application and <= ApplicationGroup):
                client = new TeeIdentity(login, UuidOctets.Read(param));
                return true;
            default:
                return false;
        }
    }

    private static void Answer(MessageWindow window, Outcome outcome) => window.WriteOutcome((uint)outcome.Result, (uint)outcome.Origin);
}
