using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Abi.Ffa;

/// <summary>Writes memory transaction descriptors, in the layout of the version that was negotiated.</summary>
public static class FfaTransactionWriter
{
    /// <summary>Bytes up to the first range of a descriptor with ranges.</summary>
    public static int RangesOffset(FfaVersion version, int receivers) => CompositeOffset(version, receivers) + FfaMemComposite.Size;

    /// <summary>Bytes of a whole descriptor; without composite when <paramref name="ranges"/> is null, as a retrieve request is.</summary>
    public static int Length(FfaVersion version, int receivers, int? ranges) =>
        ranges is { } count ? RangesOffset(version, receivers) + (count * FfaMemRange.Size) : AccessEnd(version, receivers);

    /// <summary>Writes head and receivers, and the composite's head when there are pages; returns the bytes written.</summary>
    public static int Write(Span<byte> buffer, FfaVersion version, in FfaTransactionHead head, ReadOnlySpan<FfaReceiver> receivers, uint pages, uint ranges)
    {
        bool hasComposite = ranges != 0;
        int length = hasComposite ? RangesOffset(version, receivers.Length) : AccessEnd(version, receivers.Length);
        buffer[..length].Clear();
        WriteHead(buffer, version, head, receivers.Length);
        int accessSize = FfaDescriptor.AccessSize(version);
        int composite = hasComposite ? CompositeOffset(version, receivers.Length) : 0;
        for (int i = 0; i < receivers.Length; i++)
        {
            Span<byte> at = buffer[(FfaDescriptor.HeadSize(version) + (i * accessSize))..];
            var access = new FfaMemAccess
            {
                Endpoint = receivers[i].Endpoint.Value,
                Access = receivers[i].Access,
                Flags = receivers[i].Flags,
                CompositeOffset = (uint)composite,
            };
            MemoryMarshal.Write(at, access);
            if (accessSize == FfaDescriptor.AccessSize1_2)
            {
                MemoryMarshal.Write(at[8..], receivers[i].ImpDefLow);
                MemoryMarshal.Write(at[16..], receivers[i].ImpDefHigh);
            }
        }

        if (hasComposite)
            MemoryMarshal.Write(buffer[composite..], new FfaMemComposite { PageCount = pages, RangeCount = ranges });
        return length;
    }

    private static int AccessEnd(FfaVersion version, int receivers) =>
        FfaDescriptor.HeadSize(version) + (receivers * FfaDescriptor.AccessSize(version));

    private static int CompositeOffset(FfaVersion version, int receivers) => (AccessEnd(version, receivers) + 15) & ~15;

    private static void WriteHead(Span<byte> buffer, FfaVersion version, in FfaTransactionHead head, int receivers)
    {
        if (version >= FfaVersion.V1_1)
        {
            MemoryMarshal.Write(buffer, new FfaMemTransaction11
            {
                Sender = head.Sender.Value,
                Attributes = head.Attributes,
                Flags = (uint)head.Flags,
                Handle = head.Handle.Value,
                Tag = head.Tag,
                AccessSize = (uint)FfaDescriptor.AccessSize(version),
                AccessCount = (uint)receivers,
                AccessOffset = FfaDescriptor.HeadSize1_1,
            });
        }
        else
        {
            MemoryMarshal.Write(buffer, new FfaMemTransaction10
            {
                Sender = head.Sender.Value,
                Attributes = (byte)head.Attributes,
                Flags = (uint)head.Flags,
                Handle = head.Handle.Value,
                Tag = head.Tag,
                AccessCount = (uint)receivers,
            });
        }
    }
}
