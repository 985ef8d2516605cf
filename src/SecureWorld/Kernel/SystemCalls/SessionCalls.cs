using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Sessions;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>The internal client API: a TA as client of another (GPD_SPE_010 section 4.9).</summary>
internal sealed class SessionCalls(SessionManager sessions)
{
    /// <summary>What is asked for: a session of a TA, or a command in a session.</summary>
    private readonly record struct Request(Guid? Opens, uint Session, uint Command, uint Timeout);

    internal TeeResult Open(CallFrame caller, ref SystemCallFrame frame)
    {
        Span<ulong> halves = [frame[0], frame[1]];
        Outcome outcome = Call(new Request(new Guid(MemoryMarshal.AsBytes(halves)), 0, 0, frame.UInt32(2)), caller, ref frame.Memory, out uint session);
        (frame[3], frame[4]) = (session, (uint)outcome.Origin);
        return outcome.Result;
    }

    internal TeeResult Invoke(CallFrame caller, ref SystemCallFrame frame)
    {
        Outcome outcome = Call(new Request(null, frame.UInt32(0), frame.UInt32(2), frame.UInt32(1)), caller, ref frame.Memory, out _);
        frame[4] = (uint)outcome.Origin;
        return outcome.Result;
    }

    internal TeeResult Close(CallFrame caller, ref SystemCallFrame frame) =>
        sessions.CloseSession(caller.Session!.Instance.Resources.Clients, frame.UInt32(0));

    /// <summary>
    /// Turns a TA's operation into call parameters. The spans stay pinned for the call, so the other TA works on the very same
    /// bytes: a span of a memref that the caller was given is a reference into that memory, any other is the caller's own.
    /// </summary>
    private unsafe Outcome Call(in Request request, CallFrame caller, ref TaOperation operation, out uint session)
    {
        session = 0;
        CallParameters parameters = CallStack.Current.Next.Parameters;
        fixed (byte* p0 = &operation.P0.Start, p1 = &operation.P1.Start, p2 = &operation.P2.Start, p3 = &operation.P3.Start)
        {
            try
            {
                parameters.Types = operation.Types;
                parameters.FromTrustedApp = true;
                TeeResult filled = Fill(parameters, 0, operation.P0, (nint)p0, caller);
                filled = filled == TeeResult.Success ? Fill(parameters, 1, operation.P1, (nint)p1, caller) : filled;
                filled = filled == TeeResult.Success ? Fill(parameters, 2, operation.P2, (nint)p2, caller) : filled;
                filled = filled == TeeResult.Success ? Fill(parameters, 3, operation.P3, (nint)p3, caller) : filled;
                if (filled == TeeResult.AccessDenied)
                    Panic(caller);
                if (filled != TeeResult.Success)
                    return Outcome.Tee(filled);
                Outcome outcome = Send(request, caller.Session!.Instance, parameters, out session);
                TakeResults(parameters[0], ref operation.P0);
                TakeResults(parameters[1], ref operation.P1);
                TakeResults(parameters[2], ref operation.P2);
                TakeResults(parameters[3], ref operation.P3);
                return outcome;
            }
            finally
            {
                parameters.Reset();
            }
        }
    }

    private Outcome Send(in Request request, TaInstance caller, CallParameters parameters, out uint session)
    {
        SessionTable table = caller.Resources.Clients;
        if (request.Opens is { } uuid)
            return sessions.OpenSession(table, uuid, new TeeIdentity(TeeIdentity.LoginTrustedApp, caller.Manifest.Uuid), 0, request.Timeout, parameters, out session);
        session = request.Session;
        return sessions.InvokeCommand(table, session, request.Command, 0, request.Timeout, parameters);
    }

    /// <summary>
    /// A TA that hands on memory which it does not have the rights for breaks the contract of the API, and panics (GPD_SPE_010
    /// section 4.9.4; check_invoke_param in lib/libutee/tee_api.c upstream).
    /// </summary>
    [DoesNotReturn]
    private void Panic(CallFrame caller)
    {
        sessions.Instances.MarkPanicked(caller.Session!.Instance);
        throw new TaPanicException((uint)TeeResult.AccessDenied);
    }

    private static TeeResult Fill(CallParameters parameters, int index, TaParam param, nint address, CallFrame caller)
    {
        if (!param.IsMemref)
        {
            (parameters[index].A, parameters[index].B) = (param.A, param.B);
            return TeeResult.Success;
        }

        if (address == 0)
            return param.Capacity == 0 ? TeeResult.Success : TeeResult.BadParameters; // a null memref has no size
        int source = caller.Parameters.IndexOf(address, param.Capacity, parameters.RightsOf(index), out bool touches);
        if (source < 0 && touches)
            return TeeResult.AccessDenied; // partly in a memref that it was given, or asking for more than that gives
        if (source < 0)
        {
            parameters.SetMemref(index, new PrivateMemory(address, param.Capacity), 0, param.Capacity);
            return TeeResult.Success;
        }

        ref CallParameters.Parameter given = ref caller.Parameters[source];
        MemoryObject memory = given.Memory!;
        if (!memory.TryAddReference())
            return TeeResult.BadParameters;
        parameters.SetMemref(index, memory, given.Offset + (ulong)(address - given.Address), param.Capacity);
        return TeeResult.Success;
    }

    private static void TakeResults(in CallParameters.Parameter result, ref TaParam param)
    {
        switch (param.Type)
        {
            case ParameterType.ValueOutput or ParameterType.ValueInOut:
                (param.A, param.B) = (result.A, result.B);
                break;
            case ParameterType.MemrefOutput or ParameterType.MemrefInOut:
                param.Size = result.Size;
                break;
        }
    }
}
