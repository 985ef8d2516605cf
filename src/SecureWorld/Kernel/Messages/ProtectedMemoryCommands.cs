using System.Buffers.Binary;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Arguments;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Kernel.Messages;

/// <summary>The message commands of dynamic protected memory (lend_protmem … get_protmem_config in core/tee/entry_std.c upstream).</summary>
internal sealed class ProtectedMemoryCommands(LentMemory lent, RestrictedMemory restricted, ParameterReader parameters)
{
    private const int AddressWidth = 64;

    /// <summary>The memory attributes that a lend must have: struct ffa_mem_access_perm of each endpoint, here of the TEE alone.</summary>
    private const uint TeeAccess = ((uint)FfaAccess.ReadWrite << 16) | 0x8001;

    internal TeeResult Lend(ref OpteeMessage message)
    {
        if (message.Arg.ParameterCount != 2
            || message.Params[0].Attr != (ulong)OpteeMsgAttr.ValueInput
            || message.Params[1].Attr != (ulong)OpteeMsgAttr.TmemInput
            || message.Params[0].A > uint.MaxValue
            || message.Params[1].B == 0
            || !PhysicalRange.TryCreate(new PhysicalAddress(message.Params[1].A), message.Params[1].B, out PhysicalRange range))
        {
            return TeeResult.BadParameters;
        }

        return lent.Lend((UseCase)message.Params[0].A, range, message.Params[1].C);
    }

    internal TeeResult Reclaim(ref OpteeMessage message) =>
        message.Arg.ParameterCount == 1 && message.Params[0].Attr == (ulong)OpteeMsgAttr.RmemInput
            && lent.Reclaim(message.Params[0].C) is var result and not TeeResult.ItemNotFound
            ? result
            : TeeResult.BadParameters; // of an unknown cookie too (mobj_protmem_release_by_cookie upstream)

    internal TeeResult Assign(ref OpteeMessage message) =>
        message.Arg.ParameterCount == 1 && message.Params[0].Attr == (ulong)OpteeMsgAttr.ValueInput && message.Params[0].B <= uint.MaxValue
            ? lent.Assign(new MemoryHandle(message.Params[0].A), (UseCase)message.Params[0].B)
            : TeeResult.BadParameters;

    internal TeeResult GetConfig(ref OpteeMessage message, MessageWindow window)
    {
        const ParameterType Value = ParameterType.ValueInOut, Memref = ParameterType.MemrefOutput;
        if (message.Arg.ParameterCount != 2)
            return TeeResult.BadParameters;
        CallParameters call = CallStack.Current.Next.Parameters;
        try
        {
            TeeResult read = parameters.Read(((ReadOnlySpan<OpteeMsgParam>)message.Params)[..2], call);
            if (read != TeeResult.Success)
                return read;
            if (call.Types[0] != Value || call.Types[1] != Memref || call.RefersToRestricted || message.Params[0].A > uint.MaxValue)
                return TeeResult.BadParameters;
            if (restricted.PoolOf((UseCase)message.Params[0].A) is not { } pool)
                return TeeResult.BadParameters;
            if (!pool.IsDynamic)
                return TeeResult.NotSupported;
            window.WriteValue(0, pool.MinimumSize, pool.Alignment, AddressWidth);
            window.WriteSize(1, sizeof(uint));
            return TryWrite(call[1], TeeAccess) ? TeeResult.Success : TeeResult.ShortBuffer;
        }
        finally
        {
            call.Reset();
        }
    }

    private static bool TryWrite(in CallParameters.Parameter slot, uint value)
    {
        if (slot.Memory is not SharedMemory memory || slot.Capacity < sizeof(uint))
            return false;
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        memory.CopyFrom(slot.Offset, bytes);
        return true;
    }
}
