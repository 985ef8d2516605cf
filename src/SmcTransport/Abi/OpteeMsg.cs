using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Abi;

/// <summary>
/// The OP-TEE message protocol: what a yielding call's argument says (OP-TEE/optee_os core/include/optee_msg.h).
/// </summary>
public static class OpteeMsg
{
    /// <summary>UID of the protocol, word by word (OPTEE_MSG_UID_0…3).</summary>
    public static ReadOnlySpan<uint> Uid => [0x384fb3e0, 0xe7f811e3, 0xaf630002, 0xa5d5c51b];

    /// <summary>UUID of OP-TEE, word by word (OPTEE_MSG_OS_OPTEE_UUID_0…3).</summary>
    public static ReadOnlySpan<uint> OsUuid => [0x486178e0, 0xe7f811e3, 0xbc5e0002, 0xa5d5c51b];

    /// <summary>OPTEE_MSG_REVISION_MAJOR.</summary>
    public const uint RevisionMajor = 2;

    /// <summary>OPTEE_MSG_REVISION_MINOR.</summary>
    public const uint RevisionMinor = 0;

    /// <summary>Page of a non-contiguous buffer's page list (OPTEE_MSG_NONCONTIG_PAGE_SIZE).</summary>
    public const int PageSize = 4096;

    /// <summary>Entries of one page of a page list; the last slot links to the next page.</summary>
    public const int PageListEntries = (PageSize / sizeof(ulong)) - 1;

    /// <summary>The most parameters an argument may carry without crossing a page (OPTEE_MSG_MAX_NUM_PARAMS).</summary>
    public const int MaxParameters = (PageSize - OpteeMsgArg.Size) / OpteeMsgParam.Size;

    /// <summary>OPTEE_MSG_ATTR_TYPE_MASK.</summary>
    public const ulong AttrTypeMask = 0xFF;

    /// <summary>OPTEE_MSG_ATTR_META: a parameter for the TEE, not for the TA. Opening a session has two.</summary>
    public const ulong AttrMeta = 1 << 8;

    /// <summary>OPTEE_MSG_ATTR_NONCONTIG: buf_ptr is a page list; its low 12 bits are the offset into the first page.</summary>
    public const ulong AttrNoncontig = 1 << 9;

    /// <summary>OPTEE_MSG_FMEM_INVALID_GLOBAL_ID: the null memref of the FF-A form.</summary>
    public const ulong FmemInvalidGlobalId = ulong.MaxValue;

    /// <summary>The offset that an fmem parameter packs into its first word: the reference's own, and that of the memory in its first page.</summary>
    public static ulong FmemOffset(in OpteeMsgParam parameter) => (parameter.A & 0xFFFF_FFFF_FFFF) + (parameter.A >> 48);

    /// <summary>Bytes of an argument with so many parameters (OPTEE_MSG_GET_ARG_SIZE).</summary>
    public static int ArgSize(int parameters) => OpteeMsgArg.Size + (parameters * OpteeMsgParam.Size);

    /// <summary>Every command, in the order of its number.</summary>
    public static AbiSurface Commands { get; } = new(
        "msg",
        "OP-TEE message commands",
        "OP-TEE/optee_os core/include/optee_msg.h, core/tee/entry_std.c",
        [
            new((ulong)OpteeMsgCommand.OpenSession, "OPTEE_MSG_CMD_OPEN_SESSION", Support.Full, "Two meta parameters: UUID; client UUID and login."),
            new((ulong)OpteeMsgCommand.InvokeCommand, "OPTEE_MSG_CMD_INVOKE_COMMAND", Support.Full, "Up to four parameters."),
            new((ulong)OpteeMsgCommand.CloseSession, "OPTEE_MSG_CMD_CLOSE_SESSION", Support.Full, "No parameters."),
            new((ulong)OpteeMsgCommand.Cancel, "OPTEE_MSG_CMD_CANCEL", Support.Full, "Also served on the fast-call conduit, so that it never waits for a thread."),
            new((ulong)OpteeMsgCommand.RegisterShm, "OPTEE_MSG_CMD_REGISTER_SHM", Support.Full, "Over SMC. TMEM_OUTPUT | NONCONTIG, which is what upstream's code checks (its comment says INPUT).") { Reach = Reach.Smc },
            new((ulong)OpteeMsgCommand.UnregisterShm, "OPTEE_MSG_CMD_UNREGISTER_SHM", Support.Full, "Over SMC. A call that still uses the memory keeps it mapped until it ends.") { Reach = Reach.Smc },
            new((ulong)OpteeMsgCommand.DoBottomHalf, "OPTEE_MSG_CMD_DO_BOTTOM_HALF", Support.Full, "Writes the firewall's fault records to the secure log."),
            new((ulong)OpteeMsgCommand.StopAsyncNotif, "OPTEE_MSG_CMD_STOP_ASYNC_NOTIF", Support.Full, "The notification line stays quiet from then on."),
            new((ulong)OpteeMsgCommand.LendProtmem, "OPTEE_MSG_CMD_LEND_PROTMEM", Support.Full, "Over SMC, to a dynamic pool. BAD_PARAMETERS when the range is not whole, free normal RAM as the configuration wants it.") { Reach = Reach.Smc },
            new((ulong)OpteeMsgCommand.ReclaimProtmem, "OPTEE_MSG_CMD_RECLAIM_PROTMEM", Support.Full, "Over SMC. RMEM_INPUT, as upstream's code checks (its comment says VALUE). BUSY while a buffer lives in the range.") { Reach = Reach.Smc },
            new((ulong)OpteeMsgCommand.GetProtmemConfig, "OPTEE_MSG_CMD_GET_PROTMEM_CONFIG", Support.Full, "SHORT_BUFFER with the size wanted, for a dynamic pool; NOT_SUPPORTED for a static one. The attributes are the same over SMC."),
            new((ulong)OpteeMsgCommand.AssignProtmem, "OPTEE_MSG_CMD_ASSIGN_PROTMEM", Support.Full, "Over FF-A. ITEM_NOT_FOUND for what is not lent to the TEE, BUSY when it has a use case already.") { Reach = Reach.Ffa },
        ]);
}

/// <summary>OPTEE_MSG_CMD_*.</summary>
public enum OpteeMsgCommand : uint
{
    /// <summary>Open a session to a TA.</summary>
    OpenSession = 0,

    /// <summary>Invoke a command in a session.</summary>
    InvokeCommand = 1,

    /// <summary>Close a session.</summary>
    CloseSession = 2,

    /// <summary>Cancel what a session is doing.</summary>
    Cancel = 3,

    /// <summary>Register shared memory.</summary>
    RegisterShm = 4,

    /// <summary>Unregister shared memory.</summary>
    UnregisterShm = 5,

    /// <summary>Do the bottom half that notification 0 asked for.</summary>
    DoBottomHalf = 6,

    /// <summary>No more notifications, please.</summary>
    StopAsyncNotif = 7,

    /// <summary>Lend memory for a use case.</summary>
    LendProtmem = 8,

    /// <summary>Take lent memory back.</summary>
    ReclaimProtmem = 9,

    /// <summary>What a use case asks of the memory lent to it.</summary>
    GetProtmemConfig = 10,

    /// <summary>Give memory lent by FF-A its use case.</summary>
    AssignProtmem = 11,
}

/// <summary>OPTEE_MSG_ATTR_TYPE_*. The FF-A form of a memref shares its numbers with the registered one.</summary>
public enum OpteeMsgAttr : uint
{
    /// <summary>Not used.</summary>
    None = 0x0,

    /// <summary>Value in.</summary>
    ValueInput = 0x1,

    /// <summary>Value out.</summary>
    ValueOutput = 0x2,

    /// <summary>Value in and out.</summary>
    ValueInOut = 0x3,

    /// <summary>Registered memref in.</summary>
    RmemInput = 0x5,

    /// <summary>Registered memref out.</summary>
    RmemOutput = 0x6,

    /// <summary>Registered memref in and out.</summary>
    RmemInOut = 0x7,

    /// <summary>Temporary memref in.</summary>
    TmemInput = 0x9,

    /// <summary>Temporary memref out.</summary>
    TmemOutput = 0xa,

    /// <summary>Temporary memref in and out.</summary>
    TmemInOut = 0xb,
}

/// <summary>struct optee_msg_arg: the head of every message; <see cref="ParameterCount"/> parameters follow it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = Size)]
public struct OpteeMsgArg
{
    /// <summary>Bytes.</summary>
    public const int Size = 32;

    /// <summary>Offset of <see cref="Session"/>, for writing results back field by field.</summary>
    public const int SessionOffset = 8;

    /// <summary>Offset of <see cref="Result"/>.</summary>
    public const int ResultOffset = 20;

    /// <summary>Offset of <see cref="ResultOrigin"/>.</summary>
    public const int ResultOriginOffset = 24;

    /// <summary>OPTEE_MSG_CMD_* or OPTEE_RPC_CMD_*.</summary>
    public uint Command;

    /// <summary>The TA's command number, when invoking.</summary>
    public uint Function;

    /// <summary>Session id; out when opening, in otherwise.</summary>
    public uint Session;

    /// <summary>Cancellation id.</summary>
    public uint CancelId;

    /// <summary>Padding.</summary>
    public uint Pad;

    /// <summary>TEE_Result.</summary>
    public uint Result;

    /// <summary>TEE_ORIGIN_*.</summary>
    public uint ResultOrigin;

    /// <summary>How many parameters follow.</summary>
    public uint ParameterCount;
}

/// <summary>
/// struct optee_msg_param: attributes and three 64-bit words, whose meaning the type in the attributes decides.
/// value: a, b, c. tmem: buf_ptr, size, shm_ref. rmem: offs, size, shm_ref. fmem: offsets packed, size, global id.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Size)]
public struct OpteeMsgParam
{
    /// <summary>Bytes.</summary>
    public const int Size = 32;

    /// <summary>Offset of <see cref="A"/>.</summary>
    public const int AOffset = 8;

    /// <summary>Offset of <see cref="B"/>: a memref's size, the one field of a memref that goes back.</summary>
    public const int BOffset = 16;

    /// <summary>Offset of <see cref="C"/>.</summary>
    public const int COffset = 24;

    /// <summary>Type and flags.</summary>
    public ulong Attr;

    /// <summary>value.a, tmem.buf_ptr, rmem.offs; fmem: bits 31:0 offs_low, 47:32 offs_high, 63:48 internal_offs.</summary>
    public ulong A;

    /// <summary>value.b, or the size of a memref.</summary>
    public ulong B;

    /// <summary>value.c, shm_ref, global_id.</summary>
    public ulong C;

    /// <summary>The type.</summary>
    public readonly OpteeMsgAttr Type => (OpteeMsgAttr)(Attr & OpteeMsg.AttrTypeMask);

    /// <summary>Whether the parameter is for the TEE itself.</summary>
    public readonly bool IsMeta => (Attr & OpteeMsg.AttrMeta) != 0;

    /// <summary>Whether the buffer is given by a page list.</summary>
    public readonly bool IsNoncontig => (Attr & OpteeMsg.AttrNoncontig) != 0;
}

/// <summary>UUIDs as octets in a message: RFC 4122 order, whatever the host's.</summary>
public static class UuidOctets
{
    /// <summary>Bytes of a UUID.</summary>
    public const int Size = 16;

    /// <summary>Reads the UUID that lies in the two words of a value parameter.</summary>
    public static Guid Read(in OpteeMsgParam parameter)
    {
        Span<byte> octets = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(octets, parameter.A);
        BinaryPrimitives.WriteUInt64LittleEndian(octets[8..], parameter.B);
        return new Guid(octets, bigEndian: true);
    }

    /// <summary>Puts a UUID into the two words of a value parameter.</summary>
    public static void Write(ref OpteeMsgParam parameter, Guid uuid)
    {
        Span<byte> octets = stackalloc byte[Size];
        uuid.TryWriteBytes(octets, bigEndian: true, out _);
        parameter.A = BinaryPrimitives.ReadUInt64LittleEndian(octets);
        parameter.B = BinaryPrimitives.ReadUInt64LittleEndian(octets[8..]);
    }
}

/// <summary>An argument with its parameters in private memory: what a message is copied into, once, before anybody looks at it.</summary>
public struct OpteeMessage
{
    /// <summary>The most parameters any command here takes: two meta and four for the TA.</summary>
    public const int Capacity = 6;

    /// <summary>The head.</summary>
    public OpteeMsgArg Arg;

    /// <summary>The parameters.</summary>
    public ParameterArray Params;

    /// <summary>Room for <see cref="Capacity"/> parameters.</summary>
    [InlineArray(Capacity)]
    public struct ParameterArray
    {
        private OpteeMsgParam _first;
    }

    /// <summary>Copies the head in. What it says of the parameters is to be checked before they are read.</summary>
    public void ReadHead(ReadOnlySpan<byte> memory) => memory[..OpteeMsgArg.Size].CopyTo(HeadBytes());

    /// <summary>Copies the first <paramref name="count"/> parameters in, from behind the head.</summary>
    public void ReadParameters(ReadOnlySpan<byte> memory, int count) =>
        memory.Slice(OpteeMsgArg.Size, count * OpteeMsgParam.Size).CopyTo(ParameterBytes(count));

    /// <summary>Copies the head and the first <paramref name="count"/> parameters out.</summary>
    public void WriteTo(Span<byte> memory, int count)
    {
        HeadBytes().CopyTo(memory);
        ParameterBytes(count).CopyTo(memory[OpteeMsgArg.Size..]);
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private Span<byte> HeadBytes() => MemoryMarshal.AsBytes(new Span<OpteeMsgArg>(ref Arg));

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private Span<byte> ParameterBytes(int count) => MemoryMarshal.AsBytes(((Span<OpteeMsgParam>)Params)[..count]);
}
