using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;
using static RestrictedTee.SmcTransport.Abi.Ffa.FfaStatus;

namespace RestrictedTee.Xtest.FfaSpmc;

/// <summary>To which of the three sends a row applies.</summary>
[Flags]
internal enum Sends
{
    Share = 1,
    Lend = 2,
    Donate = 4,
    All = Share | Lend | Donate,
}

/// <summary>One way to spoil a donate, lend or share, and the status that it must get.</summary>
/// <param name="What">What is wrong.</param>
/// <param name="Applies">To which sends.</param>
/// <param name="Expected">The status.</param>
/// <param name="Spoil">Spoils a good descriptor.</param>
internal sealed record SendError(string What, Sends Applies, FfaStatus Expected, Action<DescriptorDraft, ErrorBench> Spoil);

/// <summary>
/// What the specification forbids a sender (DEN0140 1.2: sections 1.10 and 1.11 for the descriptor, 2.1 to 2.3 for the calls).
/// </summary>
internal static class SendErrors
{
    internal static IReadOnlyList<SendError> Rows { get; } =
    [
        // registers
        new("a fragment longer than the whole", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { f.A2 = f.A1 + 16; return f; }),
        new("no bytes at all", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { (f.A1, f.A2) = (0, 0); return f; }),
        new("a head that is cut off", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { (f.A1, f.A2) = (32, 32); return f; }),
        new("receivers that are cut off", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { (f.A1, f.A2) = (64, 64); return f; }),
        new("a total length that leaves out a range", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { (f.A1, f.A2) = (f.A1 - 16, f.A2 - 16); return f; }),
        new("a total length that is too long", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { f.A1 += 8; return f; }),
        new("a descriptor longer than any", Sends.All, NoMemory, (d, _) => d.Registers = f => { f.A1 = 0x8000_0000; return f; }),
        new("a fragment longer than TX", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { (f.A1, f.A2) = (0x10_0000, 0x10_0000); return f; }),
        new("pages without an address", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { f.A4 = 1; return f; }),
        new("an address without pages", Sends.All, InvalidParameters, (d, b) => d.Registers = f => { f.A3 = unchecked((uint)b.Scratch.Value); return f; }),
        new("a buffer that is misaligned", Sends.All, InvalidParameters, (d, b) => d.Registers = f => { (f.A3, f.A4) = (unchecked((uint)b.Scratch.Value) + 8, 1); return f; }),
        new("a buffer that is no RAM", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { (f.A3, f.A4) = (0x1000, 1); return f; }),
        new("a buffer that is secure RAM", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { (f.A3, f.A4) = (0x0e10_0000, 1); return f; }),
        new("a buffer that is too small", Sends.All, InvalidParameters, (d, b) => d.Registers = f => { (f.A1, f.A2, f.A3, f.A4) = (8192, 8192, unchecked((uint)b.Scratch.Value), 1); return f; }),
        new("a reserved register", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { f.A5 = 1; return f; }),

        // head
        new("another sender", Sends.All, Denied, (d, b) => d.Sender = b.Other.Value),
        new("a handle", Sends.All, InvalidParameters, (d, _) => d.Handle = 1),
        new("an unknown flag", Sends.All, InvalidParameters, (d, _) => d.Flags = 1u << 31),
        new("a retrieve flag", Sends.All, InvalidParameters, (d, _) => d.Flags = (uint)FfaMemoryFlags.BypassBorrowers),
        new("a transaction type", Sends.All, InvalidParameters, (d, _) => d.Flags = (uint)FfaMemoryFlags.TypeLend),
        new("time slicing", Sends.All, InvalidParameters, (d, _) => d.Flags = (uint)FfaMemoryFlags.TimeSlice),
        new("zeroing what stays in use", Sends.Share, InvalidParameters, (d, _) => d.Flags = (uint)FfaMemoryFlags.Zero),
        new("reserved attributes", Sends.All, InvalidParameters, (d, _) => d.Attributes |= 0x80),
        new("the NS bit", Sends.All, InvalidParameters, (d, _) => d.Attributes |= FfaMemoryAttributes.NonSecure),
        new("attributes that are the receiver's to name", Sends.Lend | Sends.Donate, InvalidParameters, (d, _) => d.Attributes = FfaMemoryAttributes.NormalWriteBackInner),
        new("device memory", Sends.Share, Denied, (d, _) => d.Attributes = 0x1F),
        new("memory that is not cacheable", Sends.Share, Denied, (d, _) => d.Attributes = 0x27),
        new("memory that is not shareable", Sends.Share, Denied, (d, _) => d.Attributes = 0x2C),
        new("no attributes", Sends.Share, Denied, (d, _) => d.Attributes = 0),
        new("a reserved word", Sends.All, InvalidParameters, (d, _) => d.Reserved = 1),
        new("no receivers", Sends.All, InvalidParameters, (d, _) => d.AccessCount = 0),
        new("more receivers than there are bytes", Sends.All, InvalidParameters, (d, _) => d.AccessCount = 1000),
        new("a count that overflows", Sends.All, InvalidParameters, (d, _) => d.AccessCount = uint.MaxValue),
        new("receivers of no size", Sends.All, InvalidParameters, (d, _) => d.AccessSize = 0),
        new("receivers of another size", Sends.All, InvalidParameters, (d, _) => d.AccessSize = 48),
        new("receivers inside the head", Sends.All, InvalidParameters, (d, _) => d.AccessOffset = 16),
        new("receivers that are misaligned", Sends.All, InvalidParameters, (d, _) => d.AccessOffset = 56),
        new("receivers behind the end", Sends.All, InvalidParameters, (d, _) => d.AccessOffset = 0x10000),

        // receivers
        new("the sender as its own receiver", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Endpoint = d.Sender }),
        new("a receiver that does not exist", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Endpoint = 0x8765 }),
        new("the SPMC as receiver", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Endpoint = PartitionId.Spmc.Value }),
        new("a receiver without memory", Sends.All, InvalidParameters, (d, b) => d.Receivers[0] = d.Receivers[0] with { Endpoint = b.Logical.Value }),
        new("a receiver twice", Sends.Share, InvalidParameters, (d, _) => d.Receivers.Add(d.Receivers[0])),
        new("two to donate to", Sends.Donate, InvalidParameters, (d, b) => d.Receivers.Add(d.Receivers[0] with { Endpoint = b.Other.Value })),
        new("reserved data access", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = FfaAccess.DataReserved }),
        new("reserved instruction access", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = d.Receivers[0].Access | FfaAccess.InstructionReserved }),
        new("executable", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = d.Receivers[0].Access | FfaAccess.Executable }),
        new("not executable, which is the receiver's to say", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = d.Receivers[0].Access | FfaAccess.NotExecutable }),
        new("reserved permission bits", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = (FfaAccess)0x82 }),
        new("no data access", Sends.Share | Sends.Lend, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = FfaAccess.NotSpecified }),
        new("data access to what will be its own", Sends.Donate, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = FfaAccess.ReadWrite }),
        new("receiver flags", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Flags = 1 }),
        new("a reserved word of a receiver", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Reserved = 1 }),
        new("no composite", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { CompositeOffset = 0 }),
        new("a composite in the receivers", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { CompositeOffset = 48 }),
        new("a composite that is misaligned", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { CompositeOffset = 88 }),
        new("a composite behind the end", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { CompositeOffset = uint.MaxValue - 15 }),
        new("composites that differ", Sends.Share, InvalidParameters, (d, b) => d.Receivers.Add(new DescriptorDraft.Receiver(b.Other.Value, FfaAccess.ReadWrite) { CompositeOffset = 96 })),

        // composite and ranges
        new("no pages", Sends.All, InvalidParameters, (d, _) => d.PageCount = 0),
        new("no ranges", Sends.All, InvalidParameters, (d, _) => d.RangeCount = 0),
        new("more ranges than there are", Sends.All, InvalidParameters, (d, _) => d.RangeCount = 2),
        new("a range count that overflows", Sends.All, InvalidParameters, (d, _) => d.RangeCount = 0x1000_0001),
        new("pages that do not add up", Sends.All, InvalidParameters, (d, _) => d.PageCount = 2),
        new("a reserved word of the composite", Sends.All, InvalidParameters, (d, _) => d.CompositeReserved = 1),
        new("a range that is misaligned", Sends.All, InvalidParameters, (d, b) => d.Ranges = [b.PageRange with { Address = b.PageRange.Address + 8 }]),
        new("a range of no pages", Sends.All, InvalidParameters, (d, b) => (d.Ranges, d.PageCount) = ([b.PageRange with { PageCount = 0 }], 1)),
        new("a reserved word of a range", Sends.All, InvalidParameters, (d, b) => d.Ranges = [b.PageRange with { Reserved = 1 }]),
        new("a range that wraps", Sends.All, InvalidParameters, (d, b) => d.Ranges = [b.PageRange with { Address = ulong.MaxValue - 4095, PageCount = 2 }]),
        new("a range that is no RAM", Sends.All, InvalidParameters, (d, b) => d.Ranges = [b.PageRange with { Address = 0x1000 }]),
        new("a range that leaves its RAM", Sends.All, InvalidParameters, (d, b) => d.Ranges = [b.PageRange with { PageCount = 0x10_0000 }]),
        new("secure RAM", Sends.All, InvalidParameters, (d, b) => d.Ranges = [b.PageRange with { Address = 0x0e10_0000 }]),
        new("a partition's RAM", Sends.All, Denied, (d, b) => d.Ranges = [b.PageRange with { Address = b.PartitionRam.Value }]),
        new("ranges that overlap", Sends.All, InvalidParameters, (d, b) => d.Ranges = [b.PageRange, b.PageRange]),
        new("the RX buffer", Sends.All, Denied, (d, b) => d.Ranges = [b.PageRange with { Address = b.InUse.Value }]),
        new("memory that is shared already", Sends.All, Denied, (d, b) => d.Ranges = [b.SharedPage]),
        new("memory that is lent already", Sends.All, Denied, (d, b) => d.Ranges = [b.LentPage]),
        new("good memory beside memory that is lent", Sends.All, Denied, (d, b) => d.Ranges = [b.PageRange, b.LentPage]),
    ];
}

/// <summary>What the rows need to know of the board that they run on.</summary>
/// <param name="PageRange">A page of normal RAM that is free to send.</param>
/// <param name="Scratch">Another, for descriptors outside of TX.</param>
/// <param name="SharedPage">One that is shared.</param>
/// <param name="LentPage">One that is lent.</param>
/// <param name="InUse">One that the TEE or the SPMC uses as it is.</param>
/// <param name="PartitionRam">One of a partition's own RAM.</param>
/// <param name="Other">A partition that is not the receiver.</param>
/// <param name="Logical">The logical partition.</param>
internal sealed record ErrorBench(
    FfaMemRange PageRange, PhysicalAddress Scratch, FfaMemRange SharedPage, FfaMemRange LentPage, PhysicalAddress InUse, PhysicalAddress PartitionRam, PartitionId Other, PartitionId Logical);
