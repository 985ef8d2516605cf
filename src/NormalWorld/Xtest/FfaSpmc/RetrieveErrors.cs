using RestrictedTee.SmcTransport.Abi.Ffa;
using static RestrictedTee.SmcTransport.Abi.Ffa.FfaStatus;

namespace RestrictedTee.Xtest.FfaSpmc;

/// <summary>One way to spoil a retrieve request, and the status that it must get.</summary>
/// <param name="What">What is wrong.</param>
/// <param name="Applies">Which transactions it is tried on.</param>
/// <param name="Expected">The status.</param>
/// <param name="Spoil">Spoils a good request; is told the other partition.</param>
internal sealed record RetrieveError(string What, Sends Applies, FfaStatus Expected, Action<DescriptorDraft, PartitionId> Spoil);

/// <summary>What the specification forbids a receiver (DEN0140 1.2: section 1.12 for the descriptor, 2.4 for the call).</summary>
internal static class RetrieveErrors
{
    internal static IReadOnlyList<RetrieveError> Rows { get; } =
    [
        new("a request in two fragments", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { f.A2 -= 16; return f; }),
        new("a request that is cut off", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { (f.A1, f.A2) = (64, 64); return f; }),
        new("bytes behind the request", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { (f.A1, f.A2) = (f.A1 + 16, f.A2 + 16); return f; }),
        new("pages without an address", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { f.A4 = 1; return f; }),
        new("a reserved register", Sends.All, InvalidParameters, (d, _) => d.Registers = f => { f.A7 = 1; return f; }),
        new("a handle that does not exist", Sends.All, InvalidParameters, (d, _) => d.Handle += 1000),
        new("a handle without its upper half", Sends.All, InvalidParameters, (d, _) => d.Handle &= uint.MaxValue),
        new("another sender", Sends.All, Denied, (d, other) => d.Sender = other.Value),
        new("another tag", Sends.All, InvalidParameters, (d, _) => d.Tag = 1),
        new("another transaction type", Sends.Share, InvalidParameters, (d, _) => d.Flags = (uint)FfaMemoryFlags.TypeLend),
        new("another transaction type", Sends.Lend, InvalidParameters, (d, _) => d.Flags = (uint)FfaMemoryFlags.TypeDonate),
        new("another transaction type", Sends.Donate, InvalidParameters, (d, _) => d.Flags = (uint)FfaMemoryFlags.TypeShare),
        new("an unknown flag", Sends.All, InvalidParameters, (d, _) => d.Flags |= 1u << 20),
        new("time slicing", Sends.All, InvalidParameters, (d, _) => d.Flags |= (uint)FfaMemoryFlags.TimeSlice),
        new("an alignment hint", Sends.All, InvalidParameters, (d, _) => d.Flags |= (uint)FfaMemoryFlags.AlignmentHintValid | (1 << 5)),
        new("an alignment hint that is not valid", Sends.All, InvalidParameters, (d, _) => d.Flags |= 1 << 5),
        new("bypassing the only borrower", Sends.All, InvalidParameters, (d, _) => d.Flags |= (uint)FfaMemoryFlags.BypassBorrowers),
        new("zeroing what is shared", Sends.Share, InvalidParameters, (d, _) => d.Flags |= (uint)FfaMemoryFlags.Zero),
        new("zeroing what was shared, afterwards", Sends.Share, InvalidParameters, (d, _) => d.Flags |= (uint)FfaMemoryFlags.ZeroAfterRelinquish),
        new("zeroing that the sender did not ask for", Sends.Lend | Sends.Donate, Denied, (d, _) => d.Flags |= (uint)FfaMemoryFlags.Zero),
        new("the NS bit", Sends.All, InvalidParameters, (d, _) => d.Attributes |= FfaMemoryAttributes.NonSecure),
        new("reserved attributes", Sends.All, InvalidParameters, (d, _) => d.Attributes |= 0x100),
        new("device memory", Sends.All, Denied, (d, _) => d.Attributes = 0x1F),
        new("memory that is not cacheable", Sends.All, Denied, (d, _) => d.Attributes = 0x27),
        new("a reserved word", Sends.All, InvalidParameters, (d, _) => d.Reserved = 1),
        new("no receivers", Sends.All, InvalidParameters, (d, _) => d.AccessCount = 0),
        new("receivers behind the end", Sends.All, InvalidParameters, (d, _) => d.AccessOffset = 0x1000),
        new("only another receiver", Sends.All, Denied, (d, other) => d.Receivers[0] = d.Receivers[0] with { Endpoint = other.Value }),
        new("another receiver as well", Sends.All, InvalidParameters, (d, other) => d.Receivers.Add(d.Receivers[0] with { Endpoint = other.Value })),
        new("address ranges", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { CompositeOffset = 80 }),
        new("reserved data access", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = d.Receivers[0].Access | FfaAccess.DataReserved }),
        new("reserved instruction access", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = d.Receivers[0].Access | FfaAccess.InstructionReserved }),
        new("naming execution of what is shared", Sends.Share, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = FfaAccess.NotExecutable }),
        new("not naming execution", Sends.Lend | Sends.Donate, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Access = FfaAccess.NotSpecified }),
        new("implementation-defined words that were not sent", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { ImpDef = 5 }),
        new("a reserved word of a receiver", Sends.All, InvalidParameters, (d, _) => d.Receivers[0] = d.Receivers[0] with { Reserved = 5 }),
    ];
}
