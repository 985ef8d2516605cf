using System.Runtime.InteropServices;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.Xtest.FfaSpmc;

/// <summary>
/// A memory transaction descriptor of FF-A 1.2 and the registers that come with it, each field open to be spoilt: what is not
/// spoilt is as it should be.
/// </summary>
internal sealed class DescriptorDraft
{
    internal required uint Function { get; init; }

    internal ushort Sender { get; set; }

    internal ushort Attributes { get; set; }

    internal uint Flags { get; set; }

    internal ulong Handle { get; set; }

    internal ulong Tag { get; set; }

    internal uint AccessSize { get; set; } = FfaDescriptor.AccessSize1_2;

    internal uint? AccessCount { get; set; }

    internal uint AccessOffset { get; set; } = FfaDescriptor.HeadSize1_1;

    internal uint Reserved { get; set; }

    internal List<Receiver> Receivers { get; } = [];

    /// <summary>Null for a descriptor without ranges, as a retrieve request is.</summary>
    internal List<FfaMemRange>? Ranges { get; set; }

    internal uint? PageCount { get; set; }

    internal uint? RangeCount { get; set; }

    internal ulong CompositeReserved { get; set; }

    /// <summary>Changes the frame last.</summary>
    internal Func<SmcFrame, SmcFrame> Registers { get; set; } = frame => frame;

    /// <summary>One receiver.</summary>
    internal sealed record Receiver(ushort Endpoint, FfaAccess Access)
    {
        internal byte Flags { get; init; }

        internal uint? CompositeOffset { get; init; }

        internal ulong ImpDef { get; init; }

        internal ulong Reserved { get; init; }
    }

    /// <summary>The descriptor's bytes, and the call.</summary>
    internal (SmcFrame Frame, byte[] Bytes) Build()
    {
        int composite = FfaDescriptor.HeadSize1_1 + (Receivers.Count * FfaDescriptor.AccessSize1_2);
        int ranges = Ranges?.Count ?? 0;
        byte[] bytes = new byte[Ranges is null ? composite : composite + FfaMemComposite.Size + (ranges * FfaMemRange.Size)];
        MemoryMarshal.Write(bytes, new FfaMemTransaction11
        {
            Sender = Sender,
            Attributes = Attributes,
            Flags = Flags,
            Handle = Handle,
            Tag = Tag,
            AccessSize = AccessSize,
            AccessCount = AccessCount ?? (uint)Receivers.Count,
            AccessOffset = AccessOffset,
            Reserved0 = Reserved,
        });
        for (int i = 0; i < Receivers.Count; i++)
        {
            Receiver receiver = Receivers[i];
            Span<byte> at = bytes.AsSpan(FfaDescriptor.HeadSize1_1 + (i * FfaDescriptor.AccessSize1_2));
            uint offset = receiver.CompositeOffset ?? (Ranges is null ? 0 : (uint)composite);
            MemoryMarshal.Write(at, new FfaMemAccess { Endpoint = receiver.Endpoint, Access = receiver.Access, Flags = receiver.Flags, CompositeOffset = offset });
            MemoryMarshal.Write(at[8..], receiver.ImpDef);
            MemoryMarshal.Write(at[24..], receiver.Reserved);
        }

        if (Ranges is not null)
        {
            uint pages = PageCount ?? (uint)Ranges.Sum(range => range.PageCount);
            MemoryMarshal.Write(bytes.AsSpan(composite), new FfaMemComposite { PageCount = pages, RangeCount = RangeCount ?? (uint)ranges, Reserved = CompositeReserved });
            MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(Ranges)).CopyTo(bytes.AsSpan(composite + FfaMemComposite.Size));
        }

        return (Registers(FfaFrame.Of(Function, (uint)bytes.Length, (uint)bytes.Length)), bytes);
    }
}
