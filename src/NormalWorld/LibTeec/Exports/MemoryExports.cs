using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.LibTeec.Abi;
using RestrictedTee.LibTeec.Contexts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.LibTeec.Exports;

/// <summary>Shared memory: GPD_SPE_007 sections 4.5.4 to 4.5.6, and libteec's extension for descriptors.</summary>
internal static unsafe class MemoryExports
{
    [UnmanagedCallersOnly(EntryPoint = "TEEC_RegisterSharedMemory", CallConvs = [typeof(CallConvCdecl)])]
    internal static uint RegisterSharedMemory(TeecContext* context, TeecSharedMemory* memory)
    {
        try
        {
            if (FindProblem(context, memory, out ClientContext? client) is { } problem)
                return (uint)problem;
            if (memory->Buffer is null)
                return (uint)TeecResult.BadParameters;
            var flags = (Direction)memory->Flags;
            int size = (int)memory->Size;
            // Memory of size 0 can be referred to, and has nothing to be copied.
            SharedMemory shared = size == 0
                ? client!.Tee.AllocateSharedMemory(0, flags)
                : client!.Tee.RegisterSharedMemory(new ForeignMemory().At(memory->Buffer, size), flags);
            Keep(client, shared, context, memory);
            return (uint)TeecResult.Success;
        }
        catch (Exception e)
        {
            return (uint)Fault.ResultOf(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "TEEC_AllocateSharedMemory", CallConvs = [typeof(CallConvCdecl)])]
    internal static uint AllocateSharedMemory(TeecContext* context, TeecSharedMemory* memory)
    {
        try
        {
            if (FindProblem(context, memory, out ClientContext? client) is { } problem)
                return (uint)problem;
            SharedMemory shared = client!.Tee.AllocateSharedMemory((int)memory->Size, (Direction)memory->Flags);
            memory->Buffer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(shared.Span)); // mapped, so it stays where it is
            Keep(client, shared, context, memory);
            return (uint)TeecResult.Success;
        }
        catch (Exception e)
        {
            return (uint)Fault.ResultOf(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "TEEC_RegisterSharedMemoryFileDescriptor", CallConvs = [typeof(CallConvCdecl)])]
    internal static uint RegisterSharedMemoryFileDescriptor(TeecContext* context, TeecSharedMemory* memory, int fd)
    {
        try
        {
            if (fd < 0 || context is null || memory is null || !HasFlags(memory) || OpenContexts.Find(context->Number) is not { } client)
                return (uint)TeecResult.BadParameters;
            using var descriptor = new SafeFileHandle(fd, ownsHandle: false);
            SharedMemory shared = client.Tee.RegisterSharedMemory(((RemoteDevice)client.Tee.Device).RegisterShmFd(descriptor), (Direction)memory->Flags);
            memory->Buffer = null;
            memory->Size = (nuint)shared.Size;
            Keep(client, shared, context, memory);
            return (uint)TeecResult.Success;
        }
        catch (Exception)
        {
            return (uint)TeecResult.BadParameters; // libteec's word for whatever is wrong with a descriptor
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "TEEC_ReleaseSharedMemory", CallConvs = [typeof(CallConvCdecl)])]
    internal static void ReleaseSharedMemory(TeecSharedMemory* memory)
    {
        try
        {
            if (memory is null || memory->Id == TeecSharedMemory.NoId)
                return;
            OpenContexts.Release(memory->ContextNumber, memory->Id);
            *memory = new TeecSharedMemory { Size = memory->Size, Flags = memory->Flags, Id = TeecSharedMemory.NoId, AllocatedSize = memory->AllocatedSize };
        }
        catch (Exception)
        {
            // There is nobody to tell.
        }
    }

    private static TeecResult? FindProblem(TeecContext* context, TeecSharedMemory* memory, out ClientContext? client)
    {
        client = null;
        if (context is null || memory is null || !HasFlags(memory))
            return TeecResult.BadParameters;
        client = OpenContexts.Find(context->Number);
        return client is null || memory->Size > int.MaxValue ? TeecResult.OutOfMemory : null; // whatever is wrong with an allocation
    }

    private static bool HasFlags(TeecSharedMemory* memory) => memory->Flags != 0 && ((Direction)memory->Flags & ~Direction.InOut) == 0;

    private static void Keep(ClientContext client, SharedMemory shared, TeecContext* context, TeecSharedMemory* memory)
    {
        client.Add(shared);
        memory->Id = shared.Id;
        memory->AllocatedSize = memory->Size;
        memory->Shadow = null;
        memory->ContextNumber = context->Number;
        memory->InternalFlags = 0;
    }
}
