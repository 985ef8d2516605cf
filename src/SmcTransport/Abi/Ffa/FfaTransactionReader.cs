using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Abi.Ffa;

/// <summary>
/// A memory transaction descriptor, read strictly: lengths, offsets, counts and reserved fields are checked, and what is left is
/// a typed value. The bytes must be private already: they are read more than once.
/// </summary>
public sealed class FfaTransactionReader
{
    private FfaTransactionReader(FfaTransactionHead head, FfaReceiver[] receivers)
    {
        Head = head;
        Receivers = receivers;
    }

    /// <summary>The head.</summary>
    public FfaTransactionHead Head { get; }

    /// <summary>The receivers, one at least.</summary>
    public FfaReceiver[] Receivers { get; }

    /// <summary>Pages in all, as the composite says.</summary>
    public uint PageCount { get; private set; }

    /// <summary>Ranges in all, as the composite says.</summary>
    public uint RangeCount { get; private set; }

    /// <summary>Where the first range begins.</summary>
    public int RangesOffset { get; private set; }

    /// <summary>Bytes that head and receivers take.</summary>
    public int AccessEnd { get; private set; }

    /// <summary>Reads a donate, lend or share descriptor, or a retrieve response, of which the first fragment is here.</summary>
    /// <returns>Null when it is malformed.</returns>
    public static FfaTransactionReader? ReadSend(ReadOnlySpan<byte> fragment, uint totalLength, FfaVersion version)
    {
        if (TryReadAccess(fragment, version, out uint composite) is not { } reader)
            return null;
        if (composite < reader.AccessEnd || composite % 16 != 0 || composite > (uint)fragment.Length || (uint)fragment.Length - composite < FfaMemComposite.Size)
            return null;
        var region = MemoryMarshal.Read<FfaMemComposite>(fragment[(int)composite..]);
        if (region.Reserved != 0 || region.PageCount == 0 || region.RangeCount == 0)
            return null;
        ulong end = composite + (ulong)FfaMemComposite.Size + ((ulong)region.RangeCount * FfaMemRange.Size);
        if (end != totalLength)
            return null;
        reader.PageCount = region.PageCount;
        reader.RangeCount = region.RangeCount;
        reader.RangesOffset = (int)composite + FfaMemComposite.Size;
        return reader;
    }

    /// <summary>Reads a retrieve request, which is complete and has no address ranges.</summary>
    /// <returns>Null when it is malformed.</returns>
    public static FfaTransactionReader? ReadRetrieve(ReadOnlySpan<byte> bytes, FfaVersion version) =>
        TryReadAccess(bytes, version, out uint composite) is { } reader && composite == 0 && reader.AccessEnd == bytes.Length ? reader : null;

    private static FfaTransactionReader? TryReadAccess(ReadOnlySpan<byte> bytes, FfaVersion version, out uint composite)
    {
        composite = 0;
        if (TryReadHead(bytes, version, out FfaTransactionHead head, out uint size, out uint count, out uint offset) is false)
            return null;
        if (count is 0 or > FfaDescriptor.MaxReceivers || offset % 16 != 0 || offset + ((ulong)size * count) > (ulong)bytes.Length)
            return null;
        var receivers = new FfaReceiver[count];
        for (int i = 0; i < receivers.Length; i++)
        {
            ReadOnlySpan<byte> at = bytes.Slice((int)offset + (i * (int)size), (int)size);
            var access = MemoryMarshal.Read<FfaMemAccess>(at);
            bool hasImpDef = size == FfaDescriptor.AccessSize1_2;
            if (MemoryMarshal.Read<ulong>(at[^8..]) != 0 || ((byte)access.Access & 0xF0) != 0 || (access.Flags & ~1) != 0)
                return null;
            if (i == 0)
                composite = access.CompositeOffset;
            else if (access.CompositeOffset != composite)
                return null;
            receivers[i] = new FfaReceiver(
                new PartitionId(access.Endpoint),
                access.Access,
                hasImpDef ? MemoryMarshal.Read<ulong>(at[8..]) : 0,
                hasImpDef ? MemoryMarshal.Read<ulong>(at[16..]) : 0,
                access.Flags);
        }

        return new FfaTransactionReader(head, receivers) { AccessEnd = (int)(offset + (size * count)) };
    }

    private static bool TryReadHead(
        ReadOnlySpan<byte> bytes, FfaVersion version, out FfaTransactionHead head, out uint accessSize, out uint accessCount, out uint accessOffset)
    {
        head = default;
        accessSize = accessCount = accessOffset = 0;
        if (bytes.Length < FfaDescriptor.HeadSize(version))
            return false;
        if (version >= FfaVersion.V1_1)
        {
            var read = MemoryMarshal.Read<FfaMemTransaction11>(bytes);
            if (read.Reserved0 != 0 || read.Reserved1 != 0 || (read.Attributes & FfaMemoryAttributes.MustBeZero) != 0)
                return false;
            // A 1.2 endpoint may still use the descriptors of 1.1, and says so by their size.
            if (read.AccessSize != FfaDescriptor.AccessSize1_0 && read.AccessSize != FfaDescriptor.AccessSize(version))
                return false;
            if (read.AccessOffset < FfaDescriptor.HeadSize1_1 || read.AccessOffset > (uint)bytes.Length)
                return false;
            head = new FfaTransactionHead(new PartitionId(read.Sender), read.Attributes, (FfaMemoryFlags)read.Flags, new MemoryHandle(read.Handle), read.Tag);
            (accessSize, accessCount, accessOffset) = (read.AccessSize, read.AccessCount, read.AccessOffset);
        }
        else
        {
            var read = MemoryMarshal.Read<FfaMemTransaction10>(bytes);
            if (read.Reserved0 != 0 || read.Reserved1 != 0 || (read.Attributes & FfaMemoryAttributes.MustBeZero) != 0)
                return false;
            head = new FfaTransactionHead(new PartitionId(read.Sender), read.Attributes, (FfaMemoryFlags)read.Flags, new MemoryHandle(read.Handle), read.Tag);
            (accessSize, accessCount, accessOffset) = (FfaDescriptor.AccessSize1_0, read.AccessCount, FfaDescriptor.HeadSize1_0);
        }

        return true;
    }
}
