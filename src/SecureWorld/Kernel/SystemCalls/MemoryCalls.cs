using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Objects;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>Memory management (GPD_SPE_010 section 4.11), and OP-TEE's calls on caches.</summary>
internal sealed class MemoryCalls(SecureRam ram)
{
    private const MemoryAccess Known = MemoryAccess.Read | MemoryAccess.Write | MemoryAccess.AnyOwner | MemoryAccess.NonSecure | MemoryAccess.Secure;
    private const uint LastCacheOperation = (uint)CacheMaintenance.Invalidate;

    /// <summary>The bytes of a block of the calling instance.</summary>
    internal static Span<byte> View(CallFrame caller, uint memory) =>
        caller.Objects.TryFind(memory, out MemoryBlock? block) ? block.Span : default;

    internal TeeResult Allocate(CallFrame caller, ref SystemCallFrame frame)
    {
        InstanceResources resources = caller.Session!.Instance.Resources;
        if (resources.Allocate(ram, frame.Size(0)) is not { } memory)
            return TeeResult.OutOfMemory;
        var block = new MemoryBlock(memory);
        frame[1] = resources.Objects.Add(block);
        if (frame[1] != 0)
            return TeeResult.Success;
        block.Dispose();
        return TeeResult.OutOfMemory;
    }

    internal static TeeResult Free(CallFrame caller, ref SystemCallFrame frame)
    {
        HandleTable objects = caller.Objects;
        if (!objects.TryFind(frame.UInt32(0), out MemoryBlock? block))
            return TeeResult.BadParameters;
        objects.Remove(frame.UInt32(0));
        block.Dispose();
        return TeeResult.Success;
    }

    /// <summary>By vm_check_access_rights in core/mm/vm.c upstream: without ANY_OWNER, nothing that is shared with a client.</summary>
    internal static TeeResult CheckAccessRights(CallFrame caller, ref SystemCallFrame frame)
    {
        var access = (MemoryAccess)frame.UInt32(0);
        if ((access & ~Known) != 0)
            return TeeResult.BadParameters;
        ReadOnlySpan<byte> memory = frame.Input(1);
        AccessRights rights = (access.HasFlag(MemoryAccess.Read) ? AccessRights.Read : AccessRights.None) | (access.HasFlag(MemoryAccess.Write) ? AccessRights.Write : AccessRights.None);
        int given = caller.Parameters.IndexOf(AddressOf(memory), memory.Length, rights, out bool touches);
        if ((given < 0 && touches) || (given >= 0 && !memory.IsEmpty && !access.HasFlag(MemoryAccess.AnyOwner)))
            return TeeResult.AccessDenied;
        bool isNormal = given >= 0 && caller.Parameters[given].Memory is SharedMemory;
        return access.HasFlag(isNormal ? MemoryAccess.Secure : MemoryAccess.NonSecure) ? TeeResult.AccessDenied : TeeResult.Success;
    }

    /// <summary>By syscall_cache_operation in core/tee/tee_svc.c upstream, over memory that is coherent.</summary>
    internal static TeeResult CacheOperation(CallFrame caller, ref SystemCallFrame frame)
    {
        if (!caller.Session!.Instance.Manifest.Has(TaFlags.CacheMaintenance))
            return TeeResult.NotSupported;
        if (frame.UInt32(2) > LastCacheOperation)
            return TeeResult.NotSupported;
        Span<byte> memory = frame.Output(0);
        AccessRights rights = frame.UInt32(2) == LastCacheOperation ? AccessRights.ReadWrite : AccessRights.Read;
        return caller.Parameters.IndexOf(AddressOf(memory), memory.Length, rights, out bool touches) < 0 && touches ? TeeResult.AccessDenied : TeeResult.Success;
    }

    /// <summary>Where memory lies, to be compared with where the memrefs of the call lie, which do not move; nothing is read there.</summary>
    private static unsafe nint AddressOf(ReadOnlySpan<byte> memory) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
}
