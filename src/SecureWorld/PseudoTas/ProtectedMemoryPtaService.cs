using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;

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
    public TeeResult Allocate(ValueInput useCase, ValueInput size, ValueOutput cookie, ValueOutput address)
    {
        ulong bytes = ((ulong)size.A << 32) | size.B;
        if (bytes == 0)
            return TeeResult.BadParameters;
        if (kernel.Restricted.PoolOf((UseCase)useCase.A) is not { } pool)
            return TeeResult.ItemNotFound;
        if (kernel.Restricted.Allocate(pool, bytes) is not { } buffer)
            return TeeResult.OutOfMemory;
        Set(cookie, buffer.Cookie);
        Set(address, buffer.Range.Start.Value);
        return TeeResult.Success;
    }

    [Command(ProtectedMemoryPta.CommandFree)]
    public TeeResult Free(ValueInput cookie) =>
        kernel.Restricted.Free(((ulong)cookie.A << 32) | cookie.B) ? TeeResult.Success : TeeResult.ItemNotFound;

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

    private static void Set(ValueOutput output, ulong value) => (output.A, output.B) = ((uint)(value >> 32), unchecked((uint)value));
}
