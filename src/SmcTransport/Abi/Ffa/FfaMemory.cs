using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Abi.Ffa;

/// <summary>Access permissions of an endpoint to memory (DEN0140 table 1.14): bits 1:0 data, bits 3:2 instructions.</summary>
[Flags]
public enum FfaAccess : byte
{
    /// <summary>Neither is specified.</summary>
    NotSpecified = 0,

    /// <summary>Data: read-only.</summary>
    ReadOnly = 0b01,

    /// <summary>Data: read-write.</summary>
    ReadWrite = 0b10,

    /// <summary>Data: reserved.</summary>
    DataReserved = 0b11,

    /// <summary>Instructions: not executable.</summary>
    NotExecutable = 0b0100,

    /// <summary>Instructions: executable.</summary>
    Executable = 0b1000,

    /// <summary>Instructions: reserved.</summary>
    InstructionReserved = 0b1100,
}

/// <summary>Flags of a memory transaction (DEN0140 tables 1.20 and 1.21).</summary>
[Flags]
public enum FfaMemoryFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Zero the memory before the receiver gets it.</summary>
    Zero = 1 << 0,

    /// <summary>The operation may be time-sliced; there is nothing to gain here, so it is refused.</summary>
    TimeSlice = 1 << 1,

    /// <summary>Retrieve: zero the memory after it was relinquished.</summary>
    ZeroAfterRelinquish = 1 << 2,

    /// <summary>Transaction type of a retrieve: share.</summary>
    TypeShare = 1 << 3,

    /// <summary>Transaction type of a retrieve: lend.</summary>
    TypeLend = 2 << 3,

    /// <summary>Transaction type of a retrieve: donate.</summary>
    TypeDonate = 3 << 3,

    /// <summary>Address range alignment hint, bits 8:5.</summary>
    AlignmentHintMask = 0xF << 5,

    /// <summary>The hint is valid.</summary>
    AlignmentHintValid = 1 << 9,

    /// <summary>Retrieve: the other borrowers are not listed (1.2).</summary>
    BypassBorrowers = 1 << 10,
}

/// <summary>Memory region attributes (DEN0140 table 1.18): bits 1:0 shareability, 3:2 cacheability, 5:4 type, 6 non-secure.</summary>
public static class FfaMemoryAttributes
{
    /// <summary>Not specified: what a donate, or a lend to one borrower, must say.</summary>
    public const ushort NotSpecified = 0;

    /// <summary>Normal memory, write-back, inner shareable: the only kind there is here.</summary>
    public const ushort NormalWriteBackInner = 0x2F;

    /// <summary>Memory type, bits 5:4.</summary>
    public const ushort TypeMask = 0x30;

    /// <summary>NS bit: the relayer's to set, in the response to the retrieval of normal-world memory.</summary>
    public const ushort NonSecure = 1 << 6;

    /// <summary>Bits that must be zero.</summary>
    public const ushort MustBeZero = 0xFF80;
}

/// <summary>Sizes of the parts of a memory transaction descriptor, which depend on the version.</summary>
public static class FfaDescriptor
{
    /// <summary>Head, 1.0 (struct ffa_mem_transaction_1_0).</summary>
    public const int HeadSize1_0 = 32;

    /// <summary>Head, 1.1 on (struct ffa_mem_transaction_1_1).</summary>
    public const int HeadSize1_1 = 48;

    /// <summary>Endpoint memory access descriptor, 1.0 and 1.1.</summary>
    public const int AccessSize1_0 = 16;

    /// <summary>Endpoint memory access descriptor, 1.2.</summary>
    public const int AccessSize1_2 = 32;

    /// <summary>The most receivers of one transaction here. The specification leaves it open.</summary>
    public const int MaxReceivers = 16;

    /// <summary>Bytes of the head.</summary>
    public static int HeadSize(FfaVersion version) => version >= FfaVersion.V1_1 ? HeadSize1_1 : HeadSize1_0;

    /// <summary>Bytes of each endpoint memory access descriptor.</summary>
    public static int AccessSize(FfaVersion version) => version >= FfaVersion.V1_2 ? AccessSize1_2 : AccessSize1_0;
}

/// <summary>struct ffa_mem_transaction_1_0: head of a descriptor of version 1.0.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = FfaDescriptor.HeadSize1_0)]
public struct FfaMemTransaction10
{
    /// <summary>Who sends.</summary>
    public ushort Sender;

    /// <summary>Attributes.</summary>
    public byte Attributes;

    /// <summary>Zero.</summary>
    public byte Reserved0;

    /// <summary>Flags.</summary>
    public uint Flags;

    /// <summary>Handle; zero when sending.</summary>
    public ulong Handle;

    /// <summary>Tag.</summary>
    public ulong Tag;

    /// <summary>Zero.</summary>
    public uint Reserved1;

    /// <summary>How many endpoint memory access descriptors follow.</summary>
    public uint AccessCount;
}

/// <summary>struct ffa_mem_transaction_1_1: head of a descriptor of version 1.1 and later.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = FfaDescriptor.HeadSize1_1)]
public struct FfaMemTransaction11
{
    /// <summary>Who sends.</summary>
    public ushort Sender;

    /// <summary>Attributes.</summary>
    public ushort Attributes;

    /// <summary>Flags.</summary>
    public uint Flags;

    /// <summary>Handle; zero when sending.</summary>
    public ulong Handle;

    /// <summary>Tag.</summary>
    public ulong Tag;

    /// <summary>Bytes of an endpoint memory access descriptor.</summary>
    public uint AccessSize;

    /// <summary>How many there are.</summary>
    public uint AccessCount;

    /// <summary>Where they begin.</summary>
    public uint AccessOffset;

    /// <summary>Zero.</summary>
    public uint Reserved0;

    /// <summary>Zero.</summary>
    public ulong Reserved1;
}

/// <summary>Endpoint memory access descriptor: what all versions have in common. 1.2 has 16 implementation-defined bytes, all a reserved word, behind it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 8)]
public struct FfaMemAccess
{
    /// <summary>The receiver.</summary>
    public ushort Endpoint;

    /// <summary>Its access.</summary>
    public FfaAccess Access;

    /// <summary>Bit 0 of a retrieve: not the caller's (NS-retrieve).</summary>
    public byte Flags;

    /// <summary>Where the composite memory region descriptor begins; 0 when there is none.</summary>
    public uint CompositeOffset;
}

/// <summary>Composite memory region descriptor, without its ranges.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Size)]
public struct FfaMemComposite
{
    /// <summary>Bytes.</summary>
    public const int Size = 16;

    /// <summary>Pages of all ranges together.</summary>
    public uint PageCount;

    /// <summary>How many ranges follow.</summary>
    public uint RangeCount;

    /// <summary>Zero.</summary>
    public ulong Reserved;
}

/// <summary>Constituent memory region descriptor: one range of pages.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Size)]
public struct FfaMemRange
{
    /// <summary>Bytes.</summary>
    public const int Size = 16;

    /// <summary>Physical address of the first page.</summary>
    public ulong Address;

    /// <summary>Pages.</summary>
    public uint PageCount;

    /// <summary>Zero.</summary>
    public uint Reserved;
}

/// <summary>struct ffa_mem_relinquish, without its endpoints.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Size)]
public struct FfaMemRelinquish
{
    /// <summary>Bytes.</summary>
    public const int Size = 16;

    /// <summary>The handle.</summary>
    public ulong Handle;

    /// <summary>Flags: bit 0 zero, bit 1 time slice.</summary>
    public uint Flags;

    /// <summary>How many endpoints, two bytes each, follow.</summary>
    public uint EndpointCount;
}

/// <summary>One receiver of a transaction.</summary>
/// <param name="Endpoint">Who.</param>
/// <param name="Access">What it may do.</param>
/// <param name="ImpDefLow">First word that 1.2 leaves to the implementation; must be repeated when retrieving.</param>
/// <param name="ImpDefHigh">Second word.</param>
/// <param name="Flags">Flags, in a retrieve.</param>
public readonly record struct FfaReceiver(PartitionId Endpoint, FfaAccess Access, ulong ImpDefLow = 0, ulong ImpDefHigh = 0, byte Flags = 0);

/// <summary>What stands in the head of a transaction descriptor, whatever its version.</summary>
/// <param name="Sender">Who sends, or sent.</param>
/// <param name="Attributes">Memory region attributes.</param>
/// <param name="Flags">Flags.</param>
/// <param name="Handle">Handle; zero when sending.</param>
/// <param name="Tag">Tag.</param>
public readonly record struct FfaTransactionHead(PartitionId Sender, ushort Attributes, FfaMemoryFlags Flags, MemoryHandle Handle, ulong Tag);
