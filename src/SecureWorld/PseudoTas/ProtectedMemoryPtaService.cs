using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>Hands out restricted buffers to the driver; the contract is <see cref="ProtectedMemoryPta"/>.</summary>
[TrustedApp(
    "6f2a4b0c-9d1e-4f3b-8a57-c1d0e5b7a2f4",
    Flags = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive | TaFlags.Concurrent,
    Description = "protected_memory.pta")]
internal sealed class ProtectedMemoryPtaService(KernelServices kernel) : TrustedApp
{
    [OpenSession]
    public static TeeResult Open() =>
        Tee.ClientIdentity.Login == KernelLogin.ReeKernel ? TeeResult.Success : TeeResult.AccessDenied;

    [Command(ProtectedMemoryPta.CommandAllocate)]
    public TeeResult Allocate(ValueInput useCase, ValueInput size, ValueOutput cookie, ValueOutput taken)
    {
        ulong bytes = Get(size);
        if (bytes == 0)
            return TeeResult.BadParameters;
        if (kernel.Restricted.PoolOf((UseCase)useCase.A) is not { } pool)
            return TeeResult.ItemNotFound;
        if (kernel.Restricted.Allocate(pool, bytes) is not { } buffer)
            return TeeResult.OutOfMemory;
        Set(cookie, buffer.Cookie);
        Set(taken, RestrictedMemory.FootprintOf(pool, bytes));
        return TeeResult.Success;
    }

    [Command(ProtectedMemoryPta.CommandFree)]
    public TeeResult Free(ValueInput cookie) =>
        kernel.Restricted.Free(Get(cookie)) ? TeeResult.Success : TeeResult.ItemNotFound;

    [Command(ProtectedMemoryPta.CommandQueryPool)]
    public TeeResult QueryPool(ValueInput useCase, ValueOutput size, ValueOutput free, ValueOutput kind)
    {
        if (kernel.Restricted.PoolOf((UseCase)useCase.A) is not { } pool)
            return TeeResult.ItemNotFound;
        PoolState state = pool.State;
        (size.A, size.B) = ((uint)state.Size, (uint)state.Used);
        (free.A, free.B) = ((uint)state.LargestFree, (uint)state.Buffers);
        PoolKind poolKind = !pool.IsDynamic ? PoolKind.Static : pool.Regions.Count == 0 ? PoolKind.Dynamic : PoolKind.DynamicLent;
        (kind.A, kind.B) = ((uint)state.Protection, (uint)poolKind);
        return TeeResult.Success;
    }

    [Command(ProtectedMemoryPta.CommandFaultCount)]
    public void FaultCount(ValueOutput count) => Set(count, (ulong)kernel.Firewall.Faults.Count);

    [Command(ProtectedMemoryPta.CommandFix)]
    public TeeResult Fix(ValueInput cookie, ValueOutput address)
    {
        ulong found = 0;
        TeeResult result = With(cookie, buffer =>
        {
            buffer.Fix();
            found = buffer.Range.Start.Value;
            return TeeResult.Success;
        });
        Set(address, found);
        return result;
    }

    [Command(ProtectedMemoryPta.CommandMap)]
    public TeeResult Map(ValueInput cookie, ValueInput device, ValueOutput handle)
    {
        if (MasterAt(device.A) is not { } master || (device.B & ~(uint)AccessRights.ReadWrite) != 0)
            return TeeResult.BadParameters;
        (ulong given, var rights) = (0, (AccessRights)device.B);
        TeeResult result = With(cookie, buffer => ToResult(kernel.Devices.Map(master, buffer, rights, out given)));
        Set(handle, given);
        return result;
    }

    [Command(ProtectedMemoryPta.CommandUnmap)]
    public TeeResult Unmap(ValueInput handle) => kernel.Devices.Unmap(Get(handle)) ? TeeResult.Success : TeeResult.ItemNotFound;

    [Command(ProtectedMemoryPta.CommandRevoke)]
    public TeeResult Revoke(ValueInput cookie, ValueInput master) =>
        MasterAt(master.A) is { } id ? With(cookie, buffer => ToResult(kernel.Devices.Revoke(id, buffer))) : TeeResult.BadParameters;

    [Command(ProtectedMemoryPta.CommandGrant)]
    public TeeResult Grant(ValueInput cookie, ValueInput master) =>
        MasterAt(master.A) is { } id ? With(cookie, buffer => ToResult(kernel.Devices.Restore(id, buffer))) : TeeResult.BadParameters;

    [Command(ProtectedMemoryPta.CommandCpuAccess)]
    public TeeResult AskForCpuAccess(ValueInput cookie, ValueInput wanted)
    {
        AccessRights rights = (AccessRights)wanted.B & AccessRights.ReadWrite;
        return With(cookie, buffer =>
        {
            kernel.Devices.AskForCpuMapping(buffer, rights);
            return TeeResult.AccessDenied;
        });
    }

    [Command(ProtectedMemoryPta.CommandRegister)]
    public TeeResult Register(ValueInput address, ValueInput size, ValueOutput cookie)
    {
        if (!PhysicalRange.TryCreate(new PhysicalAddress(Get(address)), Get(size), out PhysicalRange range) || !IsWholePages(range)
            || kernel.Restricted.FindReserved(range) is not { } pool)
            return TeeResult.BadParameters;
        if (kernel.Restricted.Register(pool, range) is not { } reserved)
            return TeeResult.OutOfMemory;
        Set(cookie, reserved.Cookie);
        return TeeResult.Success;
    }

    [Command(ProtectedMemoryPta.CommandUnregister)]
    public TeeResult Unregister(ValueInput cookie) =>
        kernel.Restricted.Unregister(Get(cookie)) ? TeeResult.Success : TeeResult.ItemNotFound;

    private static bool IsWholePages(PhysicalRange range) =>
        range.Start.IsPageAligned && range.Length != 0 && range.Length % PhysicalAddress.PageSize == 0;

    private TeeResult With(ValueInput cookie, Func<RestrictedBuffer, TeeResult> use)
    {
        if (kernel.Restricted.Find(Get(cookie)) is not { } buffer)
            return TeeResult.ItemNotFound;
        try
        {
            return use(buffer);
        }
        finally
        {
            buffer.Release();
        }
    }

    private MasterId? MasterAt(uint index) => index < kernel.Firewall.Static.Masters.Count ? kernel.Firewall.Static.Masters[(int)index] : null;

    private static TeeResult ToResult(DeviceAccessOutcome outcome) => outcome switch
    {
        DeviceAccessOutcome.Done => TeeResult.Success,
        DeviceAccessOutcome.UnknownMaster => TeeResult.BadParameters,
        DeviceAccessOutcome.OutOfReach => TeeResult.NotSupported,
        DeviceAccessOutcome.InUse => TeeResult.Busy,
        DeviceAccessOutcome.TooMany => TeeResult.OutOfMemory,
        _ => TeeResult.AccessDenied,
    };

    private static ulong Get(ValueInput input) => ((ulong)input.A << 32) | input.B;

    private static void Set(ValueOutput output, ulong value) => (output.A, output.B) = ((uint)(value >> 32), unchecked((uint)value));
}
