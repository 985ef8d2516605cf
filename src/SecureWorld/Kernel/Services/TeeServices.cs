using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.SecureWorld.Kernel.Services;

/// <summary>The system calls of a trusted application: what the SDK asks of the kernel, for the session that runs on the calling thread.</summary>
internal sealed class TeeServices(
    TaManager tas, RestrictedMemory restricted, FirewallRules firewall, RpcClient rpc, MemoryRelayer relayer, PropertySets properties) : TeeCore
{
    /// <summary>TEE_LOGIN_TRUSTED_APP.</summary>
    private const uint LoginTrustedApp = 0xF0000000;

    private static Session Session => TeeThread.Current.CurrentSession;

    internal override bool CancellationRequested => Session.IsCancelled;

    internal override TeeResult OpenTaSession(Guid uuid, uint timeout, ref TaOperation operation, out uint session, out TeeOrigin origin)
    {
        TaInstance caller = Session.Instance;
        var client = new TeeIdentity(LoginTrustedApp, caller.Program.Uuid);
        uint id = 0;
        Outcome outcome = Call(ref operation, parameters => tas.OpenSession(caller.Clients, uuid, client, 0, timeout, parameters, out id));
        session = id;
        origin = outcome.Origin;
        return outcome.Result;
    }

    internal override TeeResult InvokeTaCommand(uint session, uint timeout, uint command, ref TaOperation operation, out TeeOrigin origin)
    {
        TaInstance caller = Session.Instance;
        Outcome outcome = Call(ref operation, parameters => tas.InvokeCommand(caller.Clients, session, command, 0, timeout, parameters));
        origin = outcome.Origin;
        return outcome.Result;
    }

    internal override void CloseTaSession(uint session) => tas.CloseSession(Session.Instance.Clients, session);

    internal override void Panic(uint code) => tas.MarkPanicked(Session.Instance);

    internal override TeeResult Wait(uint milliseconds) => Session.Wait(milliseconds);

    internal override bool MaskCancellation(bool mask) => Session.Mask(mask);

    internal override TeeTime GetReeTime() => rpc.GetTime();

    internal override object? GetProperty(PropertySet set, string name) => properties.Get(set, name, Session);

    internal override IReadOnlyList<string> PropertyNames(PropertySet set) => properties.Names(set, Session);

    internal override SecureMemory AllocateSecureMemory(int size) =>
        Session.Instance.AllocateSecure(restricted.SecureRam, size) ?? throw new TeeException(TeeResult.OutOfMemory, TeeOrigin.Tee);

    internal override unsafe TeeResult ClaimRestricted(ReadOnlySpan<byte> memory, ReadOnlySpan<Guid> readers)
    {
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        if (restricted.FindByAddress(address) is not { } buffer)
            return TeeResult.BadParameters;
        return firewall.TryClaim(buffer, new Claim(Session.Instance.Program.Uuid, readers.ToArray())) ? TeeResult.Success : TeeResult.AccessDenied;
    }

    internal override void Trace(TraceLevel level, string message)
    {
        Serilog.Events.LogEventLevel severity = level switch
        {
            TraceLevel.Error => Serilog.Events.LogEventLevel.Warning,
            TraceLevel.Info => Serilog.Events.LogEventLevel.Information,
            _ => Serilog.Events.LogEventLevel.Debug,
        };
        Log.Write(severity, "TA {Uuid}: {Message}", Session.Instance.Program.Uuid, message);
    }

    /// <summary>
    /// Turns a TA's operation into call parameters. The spans stay pinned for the call, so the other TA works on the very
    /// same bytes; where they lie decides whether they count as restricted, normal or private memory.
    /// </summary>
    private unsafe Outcome Call(ref TaOperation operation, Func<CallParameters, Outcome> call)
    {
        CallParameters parameters = TeeThread.Current.Parameters;
        fixed (byte* p0 = &operation.P0.Start, p1 = &operation.P1.Start, p2 = &operation.P2.Start, p3 = &operation.P3.Start)
        {
            try
            {
                parameters.Types = operation.Types;
                parameters.FromTrustedApp = true;
                bool valid = Fill(parameters, 0, operation.P0, (nint)p0) && Fill(parameters, 1, operation.P1, (nint)p1)
                    && Fill(parameters, 2, operation.P2, (nint)p2) && Fill(parameters, 3, operation.P3, (nint)p3);
                if (!valid)
                    return Outcome.Tee(TeeResult.BadParameters);
                Outcome outcome = call(parameters);
                TakeResults(parameters, 0, ref operation.P0);
                TakeResults(parameters, 1, ref operation.P1);
                TakeResults(parameters, 2, ref operation.P2);
                TakeResults(parameters, 3, ref operation.P3);
                return outcome;
            }
            finally
            {
                parameters.Reset();
            }
        }
    }

    private bool Fill(CallParameters parameters, int index, TaParam param, nint address)
    {
        if (!param.IsMemref)
        {
            (parameters.Slots[index].A, parameters.Slots[index].B) = (param.A, param.B);
            return true;
        }

        if (restricted.FindByAddress(address) is { } buffer)
        {
            ulong offset = (ulong)(address - buffer.Address);
            if (!buffer.Contains(offset, (ulong)param.Capacity) || !buffer.TryAddReference())
                return false;
            parameters.SetMemref(index, buffer, offset, param.Capacity);
            return true;
        }

        parameters.Slots[index] = new ParameterSlot
        {
            Address = address,
            Capacity = param.Capacity,
            Size = param.Capacity,
            IsNormal = LiesInNormalRam(address),
        };
        return true;
    }

    private bool LiesInNormalRam(nint address)
    {
        foreach (RamBank bank in relayer.Ram.Banks)
        {
            if (bank.Maps(address))
                return true;
        }

        return false;
    }

    private static void TakeResults(CallParameters parameters, int index, ref TaParam param)
    {
        ref ParameterSlot slot = ref parameters.Slots[index];
        switch (param.Type)
        {
            case ParameterType.ValueOutput or ParameterType.ValueInOut:
                (param.A, param.B) = (slot.A, slot.B);
                break;
            case ParameterType.MemrefOutput or ParameterType.MemrefInOut:
                param.Size = slot.Size;
                break;
        }
    }
}
