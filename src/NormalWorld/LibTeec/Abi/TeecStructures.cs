using System.Runtime.InteropServices;

namespace RestrictedTee.LibTeec.Abi;

// The structures of tee_client_api.h (GPD_SPE_007 section 4.3) for 64-bit machines, with the sizes and offsets of libteec, as which programs
// have been compiled. Behind the public members each has a part for the implementation; what libteec keeps there has its name in a comment.

/// <summary>TEEC_Context.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct TeecContext
{
    /// <summary>imp.fd: which context it is. No descriptor; it starts with 1, and is never used again.</summary>
    [FieldOffset(0)]
    internal int Number;

    /// <summary>imp.reg_mem.</summary>
    [FieldOffset(4)]
    internal byte RegistersMemory;

    /// <summary>imp.memref_null.</summary>
    [FieldOffset(5)]
    internal byte HasNullMemrefs;
}

/// <summary>TEEC_Session.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct TeecSession
{
    /// <summary>imp.ctx, which programs read.</summary>
    [FieldOffset(0)]
    internal TeecContext* Context;

    /// <summary>imp.session_id.</summary>
    [FieldOffset(8)]
    internal uint Id;
}

/// <summary>TEEC_UUID.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct TeecUuid
{
    [FieldOffset(0)]
    internal uint TimeLow;

    [FieldOffset(4)]
    internal ushort TimeMid;

    [FieldOffset(6)]
    internal ushort TimeHiAndVersion;

    [FieldOffset(8)]
    internal fixed byte ClockSeqAndNode[8];

    internal readonly Guid ToGuid() => new(
        TimeLow, TimeMid, TimeHiAndVersion, ClockSeqAndNode[0], ClockSeqAndNode[1], ClockSeqAndNode[2], ClockSeqAndNode[3],
        ClockSeqAndNode[4], ClockSeqAndNode[5], ClockSeqAndNode[6], ClockSeqAndNode[7]);
}

/// <summary>TEEC_SharedMemory.</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
internal unsafe struct TeecSharedMemory
{
    /// <summary>imp.id of memory that is not shared.</summary>
    internal const int NoId = -1;

    [FieldOffset(0)]
    internal byte* Buffer;

    [FieldOffset(8)]
    internal nuint Size;

    [FieldOffset(16)]
    internal uint Flags;

    /// <summary>imp.id.</summary>
    [FieldOffset(24)]
    internal int Id;

    /// <summary>imp.alloced_size.</summary>
    [FieldOffset(32)]
    internal nuint AllocatedSize;

    /// <summary>imp.shadow_buffer; null here, since the shadow is the library's to keep.</summary>
    [FieldOffset(40)]
    internal byte* Shadow;

    /// <summary>imp.registered_fd: the context that it is of.</summary>
    [FieldOffset(48)]
    internal int ContextNumber;

    /// <summary>imp.flags.</summary>
    [FieldOffset(52)]
    internal uint InternalFlags;
}

/// <summary>TEEC_Parameter: a union.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal unsafe struct TeecParameter
{
    /// <summary>value.a.</summary>
    [FieldOffset(0)]
    internal uint A;

    /// <summary>value.b.</summary>
    [FieldOffset(4)]
    internal uint B;

    /// <summary>tmpref.buffer.</summary>
    [FieldOffset(0)]
    internal byte* Buffer;

    /// <summary>memref.parent.</summary>
    [FieldOffset(0)]
    internal TeecSharedMemory* Parent;

    /// <summary>tmpref.size and memref.size.</summary>
    [FieldOffset(8)]
    internal nuint Size;

    /// <summary>memref.offset.</summary>
    [FieldOffset(16)]
    internal nuint Offset;
}

/// <summary>TEEC_Operation.</summary>
[StructLayout(LayoutKind.Explicit, Size = 112)]
internal unsafe struct TeecOperation
{
    internal const int ParameterCount = 4;

    [FieldOffset(0)]
    internal uint Started;

    [FieldOffset(4)]
    internal uint ParameterTypes;

    [FieldOffset(8)]
    private TeecParameter _first;

    /// <summary>imp.session: which call is under way with it.</summary>
    [FieldOffset(104)]
    internal long Call;

    /// <summary>One of params[].</summary>
    internal static TeecParameter* ParameterOf(TeecOperation* operation, int index) => &operation->_first + index;

    /// <summary>TEEC_PARAM_TYPE_GET.</summary>
    internal readonly TeecParameterType TypeOf(int index) => (TeecParameterType)((ParameterTypes >> (index * 4)) & 0xF);
}
