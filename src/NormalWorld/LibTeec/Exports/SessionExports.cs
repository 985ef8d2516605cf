using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.LibTeec.Abi;
using RestrictedTee.LibTeec.Calls;
using RestrictedTee.LibTeec.Contexts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.LibTeec.Exports;

/// <summary>Sessions, commands, cancellation: GPD_SPE_007 sections 4.5.7 to 4.5.10.</summary>
internal static unsafe class SessionExports
{
    [UnmanagedCallersOnly(EntryPoint = "TEEC_OpenSession", CallConvs = [typeof(CallConvCdecl)])]
    internal static uint OpenSession(
        TeecContext* context, TeecSession* session, TeecUuid* destination, uint login, void* loginData, TeecOperation* operation, uint* origin)
    {
        TeecOrigin from = TeecOrigin.Api;
        TeecResult result;
        try
        {
            result = Open(context, session, destination, (TeecLogin)login, (uint*)loginData, operation, out from);
        }
        catch (Exception e)
        {
            result = Fault.ResultOf(e);
        }

        if (origin is not null)
            *origin = (uint)from;
        return (uint)result;
    }

    [UnmanagedCallersOnly(EntryPoint = "TEEC_CloseSession", CallConvs = [typeof(CallConvCdecl)])]
    internal static void CloseSession(TeecSession* session)
    {
        try
        {
            if (session is not null && session->Context is not null)
                OpenContexts.Find(session->Context->Number)?.CloseSession(session->Id);
        }
        catch (Exception)
        {
            // There is nobody to tell.
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "TEEC_InvokeCommand", CallConvs = [typeof(CallConvCdecl)])]
    internal static uint InvokeCommand(TeecSession* session, uint command, TeecOperation* operation, uint* origin)
    {
        TeecOrigin from = TeecOrigin.Api;
        TeecResult result;
        try
        {
            result = Invoke(session, command, operation, out from);
        }
        catch (Exception e)
        {
            result = Fault.ResultOf(e);
        }

        if (origin is not null)
            *origin = (uint)from;
        return (uint)result;
    }

    [UnmanagedCallersOnly(EntryPoint = "TEEC_RequestCancellation", CallConvs = [typeof(CallConvCdecl)])]
    internal static void RequestCancellation(TeecOperation* operation)
    {
        try
        {
            if (operation is not null)
                CallSlots.Cancel(Volatile.Read(ref operation->Call));
        }
        catch (Exception)
        {
            // The call ends as it would have.
        }
    }

    private static TeecResult Open(
        TeecContext* context, TeecSession* session, TeecUuid* destination, TeecLogin login, uint* group, TeecOperation* operation, out TeecOrigin origin)
    {
        origin = TeecOrigin.Api;
        if (context is null || session is null || destination is null)
            return TeecResult.BadParameters;
        bool isOfGroup = login is TeecLogin.Group or TeecLogin.GroupApplication;
        if (isOfGroup && group is null)
            return TeecResult.BadParameters;
        if (OpenContexts.Find(context->Number) is not { } client)
            return NotOpen(out origin);

        uint number = isOfGroup ? *group : 0;
        TeeSession? opened;
        TeecResult result;
        if (operation is null)
        {
            result = client.Tee.TryOpenSession(destination->ToGuid(), login, number, operation: null, out opened, out origin);
        }
        else
        {
            using var call = new OperationCall(operation);
            if (!call.TryRead(client))
                return TeecResult.BadParameters;
            result = client.Tee.TryOpenSession(destination->ToGuid(), login, number, call.Operation, out opened, out origin);
            call.Write();
        }

        if (opened is null)
            return result;
        client.Add(opened);
        *session = new TeecSession { Context = context, Id = opened.Id };
        return result;
    }

    private static TeecResult Invoke(TeecSession* session, uint command, TeecOperation* operation, out TeecOrigin origin)
    {
        origin = TeecOrigin.Api;
        if (session is null || session->Context is null)
            return TeecResult.BadParameters;
        if (OpenContexts.Find(session->Context->Number) is not { } client || client.FindSession(session->Id) is not { } opened)
            return NotOpen(out origin);
        if (operation is null)
            return opened.TryInvoke(command, operation: null, out origin);

        using var call = new OperationCall(operation);
        if (!call.TryRead(client))
            return TeecResult.BadParameters;
        TeecResult result = opened.TryInvoke(command, call.Operation, out origin);
        call.Write();
        return result;
    }

    /// <summary>The driver's answer to a descriptor or a session that there is not.</summary>
    private static TeecResult NotOpen(out TeecOrigin origin)
    {
        origin = TeecOrigin.Comms;
        return TeecResult.BadParameters;
    }
}
