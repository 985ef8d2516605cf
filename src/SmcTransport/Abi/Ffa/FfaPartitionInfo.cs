using System.Buffers.Binary;

namespace RestrictedTee.SmcTransport.Abi.Ffa;

/// <summary>Properties of a partition (DEN0077A 1.2 table 6.2).</summary>
[Flags]
public enum FfaPartitionProperties : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Takes direct requests.</summary>
    ReceivesDirectRequests = 1 << 0,

    /// <summary>Makes direct requests.</summary>
    SendsDirectRequests = 1 << 1,

    /// <summary>Indirect messages.</summary>
    IndirectMessages = 1 << 2,

    /// <summary>Receives notifications (1.1).</summary>
    ReceivesNotifications = 1 << 3,

    /// <summary>Runs in AArch64 state (1.1).</summary>
    AArch64 = 1 << 8,

    /// <summary>Takes FFA_MSG_SEND_DIRECT_REQ2 (1.2).</summary>
    ReceivesDirectRequests2 = 1 << 9,

    /// <summary>Makes FFA_MSG_SEND_DIRECT_REQ2 (1.2).</summary>
    SendsDirectRequests2 = 1 << 10,
}

/// <summary>Partition information descriptor (table 6.1): 8 bytes in 1.0, the UUID behind them from 1.1 on.</summary>
/// <param name="Id">The partition.</param>
/// <param name="Contexts">How many execution contexts it has.</param>
/// <param name="Properties">What it can do.</param>
/// <param name="Uuid">Its UUID; nil when it was asked for by UUID, or by a 1.0 caller.</param>
public readonly record struct FfaPartitionInfo(PartitionId Id, ushort Contexts, FfaPartitionProperties Properties, Guid Uuid)
{
    /// <summary>Bytes in 1.0.</summary>
    public const int Size1_0 = 8;

    /// <summary>Bytes from 1.1 on.</summary>
    public const int Size1_1 = 24;

    private const FfaPartitionProperties Known1_0 =
        FfaPartitionProperties.ReceivesDirectRequests | FfaPartitionProperties.SendsDirectRequests | FfaPartitionProperties.IndirectMessages;

    private const FfaPartitionProperties Known1_1 = Known1_0 | FfaPartitionProperties.ReceivesNotifications | FfaPartitionProperties.AArch64;

    /// <summary>Bytes of a descriptor.</summary>
    public static int Size(FfaVersion version) => version >= FfaVersion.V1_1 ? Size1_1 : Size1_0;

    /// <summary>Writes it as a caller of a version knows it.</summary>
    public void Write(Span<byte> to, FfaVersion version)
    {
        FfaPartitionProperties known = version >= FfaVersion.V1_2 ? Properties : Properties & (version >= FfaVersion.V1_1 ? Known1_1 : Known1_0);
        BinaryPrimitives.WriteUInt16LittleEndian(to, Id.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], Contexts);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], (uint)known);
        if (version >= FfaVersion.V1_1)
            Uuid.TryWriteBytes(to[Size1_0..], bigEndian: true, out _);
    }

    /// <summary>Reads one.</summary>
    public static FfaPartitionInfo Read(ReadOnlySpan<byte> from, FfaVersion version) => new(
        new PartitionId(BinaryPrimitives.ReadUInt16LittleEndian(from)),
        BinaryPrimitives.ReadUInt16LittleEndian(from[2..]),
        (FfaPartitionProperties)BinaryPrimitives.ReadUInt32LittleEndian(from[4..]),
        version >= FfaVersion.V1_1 ? new Guid(from.Slice(Size1_0, 16), bigEndian: true) : Guid.Empty);
}

/// <summary>UUIDs in registers: the octets in the order of RFC 9562, packed little-endian (DEN0077A section 13.8).</summary>
public static class FfaUuid
{
    /// <summary>Word <paramref name="index"/> (0–3) of the 32-bit form.</summary>
    public static uint Word(Guid uuid, int index)
    {
        Span<byte> octets = stackalloc byte[16];
        uuid.TryWriteBytes(octets, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt32LittleEndian(octets[(index * 4)..]);
    }

    /// <summary>Half <paramref name="index"/> (0–1) of the 64-bit form.</summary>
    public static ulong Half(Guid uuid, int index) => Word(uuid, index * 2) | ((ulong)Word(uuid, (index * 2) + 1) << 32);

    /// <summary>Out of four words.</summary>
    public static Guid FromWords(uint w0, uint w1, uint w2, uint w3)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(octets, w0);
        BinaryPrimitives.WriteUInt32LittleEndian(octets[4..], w1);
        BinaryPrimitives.WriteUInt32LittleEndian(octets[8..], w2);
        BinaryPrimitives.WriteUInt32LittleEndian(octets[12..], w3);
        return new Guid(octets, bigEndian: true);
    }

    /// <summary>Out of two halves.</summary>
    public static Guid FromHalves(ulong low, ulong high) =>
        FromWords(unchecked((uint)low), (uint)(low >> 32), unchecked((uint)high), (uint)(high >> 32));
}
