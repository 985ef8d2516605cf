using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.FfaSpmc;

/// <summary>Every memory-management error of the specification, from tables. After each the memory is as it was.</summary>
internal static class MemoryErrorCases
{
    private static readonly (Sends Kind, uint Function)[] Kinds =
        [(Sends.Share, FfaFunction.MemShare32), (Sends.Lend, FfaFunction.MemLend32), (Sends.Donate, FfaFunction.MemDonate32)];

    internal static IReadOnlyList<XtestCase> All { get; } =
    [
        new("ffa_spmc_2001", "Test FF-A memory errors: donate, lend and share", SendingErrors),
        new("ffa_spmc_2002", "Test FF-A memory errors: retrieve", RetrievingErrors),
        new("ffa_spmc_2003", "Test FF-A memory errors: relinquish and reclaim", GivingBackErrors),
        new("ffa_spmc_2004", "Test FF-A memory errors: fragments", FragmentErrors),
    ];

    private static void SendingErrors(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        PartitionId receiver = ffa.GetPartitionId(EchoPartitions.Uuid1);
        using FfaMemory page = ffa.Allocate(1), scratch = ffa.Allocate(1), shared = ffa.Allocate(1), lent = ffa.Allocate(1);
        MemoryHandle sharing = shared.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(receiver, FfaAccess.ReadWrite));
        MemoryHandle lending = lent.Send(FfaFunction.MemLend64, FfaMemoryFlags.None, new FfaReceiver(receiver, FfaAccess.ReadWrite));
        uint[] where = ffa.Send(receiver, EchoPartitions.CommandWhereIsRam);
        var bench = new ErrorBench(
            RangeOf(page),
            scratch.Range.Start,
            RangeOf(shared),
            RangeOf(lent),
            InUse: ffa.RxBuffer.Start,
            PartitionRam: new PhysicalAddress(where[1] | ((ulong)where[2] << 32)),
            ffa.GetPartitionId(EchoPartitions.Uuid2),
            ffa.GetPartitionId(EchoPartitions.LogicalUuid));
        foreach (SendError row in SendErrors.Rows)
        {
            foreach ((Sends kind, uint function) in Kinds)
            {
                if (!row.Applies.HasFlag(kind))
                    continue;
                DescriptorDraft draft = GoodSend(function, kind, ffa.Id, receiver, bench.PageRange);
                row.Spoil(draft, bench);
                c.ExpectStatus(ffa.Call(draft), row.Expected, $"{kind}: {row.What}");
            }
        }

        // Nothing of the page was left in any state: it can still be sent, and is still readable and writable.
        foreach ((Sends kind, uint function) in Kinds)
        {
            SmcFrame sent = ffa.Call(GoodSend(function, kind, ffa.Id, receiver, bench.PageRange));
            c.Expect(sent.A0 == FfaFunction.Success32, $"{kind} of good memory to succeed");
            page.Reclaim(MemoryHandle.FromHalves(sent.A2, sent.A3));
        }

        shared.Reclaim(sharing);
        lent.Reclaim(lending);
    }

    private static void RetrievingErrors(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        PartitionId other = ffa.GetPartitionId(EchoPartitions.Uuid2);
        using var partition = new PartitionProxy(ffa, ffa.GetPartitionId(EchoPartitions.Uuid1));
        using FfaMemory page = ffa.Allocate(1);
        foreach ((Sends kind, uint function) in Kinds)
        {
            SmcFrame sent = ffa.Call(GoodSend(function, kind, ffa.Id, partition.Id, RangeOf(page)));
            MemoryHandle handle = MemoryHandle.FromHalves(sent.A2, sent.A3);
            foreach (RetrieveError row in RetrieveErrors.Rows)
            {
                if (!row.Applies.HasFlag(kind))
                    continue;
                DescriptorDraft draft = GoodRetrieve(kind, ffa.Id, partition.Id, handle);
                row.Spoil(draft, other);
                c.ExpectStatus(partition.Call(draft), row.Expected, $"{kind}: {row.What}");
            }

            // Retrieving what is not yours: by the normal world, and by a partition that it was not sent to.
            c.ExpectStatus(ffa.Call(GoodRetrieve(kind, ffa.Id, partition.Id, handle)), FfaStatus.InvalidParameters, $"{kind}: retrieved by its sender");
            using (var stranger = new PartitionProxy(ffa, other))
                c.ExpectStatus(stranger.Call(GoodRetrieve(kind, ffa.Id, partition.Id, handle)), FfaStatus.InvalidParameters, $"{kind}: retrieved by a stranger");

            page.Reclaim(handle);
            c.ExpectStatus(partition.Call(GoodRetrieve(kind, ffa.Id, partition.Id, handle)), FfaStatus.InvalidParameters, $"{kind}: retrieved after it was reclaimed");
        }

        ReadOnlyErrors(c, ffa, partition, page);
        BufferErrors(c, ffa, partition, page);
    }

    private static void ReadOnlyErrors(CaseRun c, FfaUserDevice ffa, PartitionProxy partition, FfaMemory page)
    {
        foreach ((uint function, FfaAccess extra) in new[] { (FfaFunction.MemShare64, FfaAccess.NotSpecified), (FfaFunction.MemLend64, FfaAccess.NotExecutable) })
        {
            MemoryHandle handle = page.Send(function, FfaMemoryFlags.None, new FfaReceiver(partition.Id, FfaAccess.ReadOnly));
            DescriptorDraft Ask(FfaAccess access, FfaMemoryFlags flags = FfaMemoryFlags.None)
            {
                DescriptorDraft draft = GoodRetrieve(Sends.Share, ffa.Id, partition.Id, handle);
                draft.Receivers[0] = draft.Receivers[0] with { Access = access | extra };
                draft.Flags = (uint)flags;
                return draft;
            }

            c.ExpectStatus(partition.Call(Ask(FfaAccess.ReadWrite)), FfaStatus.Denied, "read-write of what was offered read-only");
            if (function == FfaFunction.MemLend64)
                c.ExpectStatus(partition.Call(Ask(FfaAccess.ReadOnly, FfaMemoryFlags.ZeroAfterRelinquish)), FfaStatus.Denied, "zeroing of what is read-only");
            c.ExpectStatus(partition.Call(Ask(FfaAccess.NotSpecified)), FfaStatus.Success, "whatever was offered");
            partition.Call(FfaFunction.RxRelease);
            Relinquish(partition, handle);
            page.Reclaim(handle);
        }
    }

    private static void BufferErrors(CaseRun c, FfaUserDevice ffa, PartitionProxy partition, FfaMemory page)
    {
        MemoryHandle handle = page.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(partition.Id, FfaAccess.ReadWrite));
        c.ExpectStatus(partition.Call(GoodRetrieve(Sends.Share, ffa.Id, partition.Id, handle)), FfaStatus.Success, "the first retrieval");
        c.ExpectStatus(partition.Call(GoodRetrieve(Sends.Share, ffa.Id, partition.Id, handle)), FfaStatus.Busy, "a retrieval while RX is full");
        c.ExpectStatus(partition.Call(FfaFunction.RxRelease), FfaStatus.Success, "release of RX");
        c.ExpectStatus(partition.Call(FfaFunction.RxRelease), FfaStatus.Denied, "release of RX that is not held");
        c.ExpectStatus(partition.Call(FfaFunction.MemFragRx, handle.Low, handle.High, 0), FfaStatus.InvalidParameters, "a fragment that there is none of");
        Relinquish(partition, handle);
        page.Reclaim(handle);
    }

    private static void GivingBackErrors(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        using var partition = new PartitionProxy(ffa, ffa.GetPartitionId(EchoPartitions.Uuid1));
        using var stranger = new PartitionProxy(ffa, ffa.GetPartitionId(EchoPartitions.Uuid2));
        using FfaMemory page = ffa.Allocate(1);
        foreach ((Sends kind, uint function) in Kinds[..2])
        {
            SmcFrame sent = ffa.Call(GoodSend(function, kind, ffa.Id, partition.Id, RangeOf(page)));
            MemoryHandle handle = MemoryHandle.FromHalves(sent.A2, sent.A3);
            c.ExpectStatus(Relinquish(partition, handle), FfaStatus.Denied, $"{kind}: relinquished before it was retrieved");
            c.ExpectStatus(partition.Call(GoodRetrieve(kind, ffa.Id, partition.Id, handle)), FfaStatus.Success, $"{kind}: retrieved");
            partition.Call(FfaFunction.RxRelease);

            c.ExpectStatus(ffa.TryReclaim(handle), FfaStatus.Denied, $"{kind}: reclaimed while it is retrieved");
            c.ExpectStatus(Relinquish(partition, new MemoryHandle(handle.Value + 77)), FfaStatus.InvalidParameters, $"{kind}: a handle that does not exist");
            c.ExpectStatus(Relinquish(partition, handle, endpoints: 0), FfaStatus.InvalidParameters, $"{kind}: no endpoint");
            c.ExpectStatus(Relinquish(partition, handle, endpoints: 2), FfaStatus.InvalidParameters, $"{kind}: two endpoints");
            c.ExpectStatus(Relinquish(partition, handle, endpoint: stranger.Id), FfaStatus.InvalidParameters, $"{kind}: on behalf of another");
            c.ExpectStatus(Relinquish(stranger, handle), FfaStatus.InvalidParameters, $"{kind}: relinquished by a stranger");
            c.ExpectStatus(Relinquish(partition, handle, flags: (uint)FfaMemoryFlags.TimeSlice), FfaStatus.InvalidParameters, $"{kind}: time slicing");
            c.ExpectStatus(Relinquish(partition, handle, flags: 1u << 31), FfaStatus.InvalidParameters, $"{kind}: an unknown flag");
            if (kind == Sends.Share)
                c.ExpectStatus(Relinquish(partition, handle, flags: (uint)FfaMemoryFlags.Zero), FfaStatus.InvalidParameters, "zeroing what is shared");
            c.ExpectStatus(Relinquish(partition, handle), FfaStatus.Success, $"{kind}: relinquished");
            c.ExpectStatus(Relinquish(partition, handle), FfaStatus.Denied, $"{kind}: relinquished twice");

            c.ExpectStatus(stranger.Call(FfaFunction.MemReclaim, handle.Low, handle.High), FfaStatus.InvalidParameters, $"{kind}: reclaimed by a stranger");
            c.ExpectStatus(partition.Call(FfaFunction.MemReclaim, handle.Low, handle.High), FfaStatus.InvalidParameters, $"{kind}: reclaimed by its borrower");
            c.ExpectStatus(ffa.TryReclaim(new MemoryHandle(handle.Value & uint.MaxValue)), FfaStatus.InvalidParameters, $"{kind}: half a handle");
            c.ExpectStatus(ffa.TryReclaim(handle, flags: (uint)FfaMemoryFlags.TimeSlice), FfaStatus.InvalidParameters, $"{kind}: time slicing");
            c.ExpectStatus(ffa.TryReclaim(handle, w4: 1), FfaStatus.InvalidParameters, $"{kind}: a reserved register");
            c.ExpectStatus(ffa.TryReclaim(handle), FfaStatus.Success, $"{kind}: reclaimed");
            c.ExpectStatus(ffa.TryReclaim(handle), FfaStatus.InvalidParameters, $"{kind}: reclaimed twice");
        }

        SmcFrame donated = ffa.Call(GoodSend(FfaFunction.MemDonate32, Sends.Donate, ffa.Id, partition.Id, RangeOf(page)));
        MemoryHandle gift = MemoryHandle.FromHalves(donated.A2, donated.A3);
        c.ExpectStatus(Relinquish(partition, gift), FfaStatus.Denied, "Donate: relinquished before it was retrieved");
        c.ExpectStatus(ffa.TryReclaim(gift), FfaStatus.Success, "Donate: taken back before it was retrieved");
    }

    private static void FragmentErrors(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        PartitionId receiver = ffa.GetPartitionId(EchoPartitions.Uuid1);
        using FfaMemory page = ffa.Allocate(4);
        FfaMemRange[] ranges = [.. Enumerable.Range(0, 4).Select(i => new FfaMemRange { Address = page.Range.Start.Value + ((ulong)i * PhysicalAddress.PageSize), PageCount = 1 })];

        MemoryHandle Begin()
        {
            DescriptorDraft draft = GoodSend(FfaFunction.MemShare32, Sends.Share, ffa.Id, receiver, ranges);
            draft.Registers = f => { f.A2 -= 2 * FfaMemRange.Size; return f; };
            SmcFrame frame = ffa.Call(draft);
            c.Expect(frame.A0 == FfaFunction.MemFragRx && frame.A3 == 48 + 32 + 16 + 32, "a request for the next fragment");
            return MemoryHandle.FromHalves(frame.A1, frame.A2);
        }

        SmcFrame Next(MemoryHandle handle, ReadOnlySpan<FfaMemRange> part, uint? length = null, uint sender = 0)
        {
            SmcFrame frame = FfaFrame.Of(FfaFunction.MemFragTx, handle.Low, handle.High, length ?? (uint)(part.Length * FfaMemRange.Size), sender);
            return ffa.Call(frame, MemoryMarshal.AsBytes(part));
        }

        MemoryHandle handle = Begin();
        c.ExpectStatus(ffa.TryReclaim(handle), FfaStatus.InvalidParameters, "reclaiming what is not sent");
        c.ExpectStatus(Next(new MemoryHandle(handle.Value + 5), ranges.AsSpan(2)), FfaStatus.InvalidParameters, "a fragment of another handle");
        c.ExpectStatus(Next(handle, ranges.AsSpan(2), sender: 0x8002_0000), FfaStatus.InvalidParameters, "a fragment of another sender");
        SmcFrame more = Next(handle, ranges.AsSpan(2, 1));
        c.Expect(more.A0 == FfaFunction.MemFragRx, "a request for the last fragment");
        SmcFrame done = Next(handle, ranges.AsSpan(3));
        c.Expect(done.A0 == FfaFunction.Success32 && MemoryHandle.FromHalves(done.A2, done.A3) == handle, "success with the handle");
        c.ExpectStatus(Next(handle, ranges.AsSpan(3)), FfaStatus.InvalidParameters, "a fragment behind the last");
        c.ExpectStatus(ffa.TryReclaim(handle), FfaStatus.Success, "reclaimed");

        // A fragment that cannot be taken ends its transmission.
        foreach ((uint? length, string what) in new (uint?, string)[] { (0, "no bytes"), (8, "half a range"), (3 * FfaMemRange.Size, "more than was announced"), (1 << 20, "more than TX") })
        {
            handle = Begin();
            c.ExpectStatus(Next(handle, ranges.AsSpan(1), length), FfaStatus.InvalidParameters, $"a fragment of {what}");
            c.ExpectStatus(Next(handle, ranges.AsSpan(2)), FfaStatus.InvalidParameters, "a fragment of a transmission that has ended");
        }

        handle = Begin();
        FfaMemRange[] bad = [ranges[2], ranges[0]];
        c.ExpectStatus(Next(handle, bad), FfaStatus.InvalidParameters, "a later fragment that overlaps an earlier one");
        for (int i = 0; i < 50; i++)
            handle = Begin(); // those that are never finished do not fill the SPMC
        c.ExpectStatus(Next(handle, ranges.AsSpan(2)), FfaStatus.Success, "the latest of many");
        c.ExpectStatus(ffa.TryReclaim(handle), FfaStatus.Success, "reclaimed");
    }

    private static FfaMemRange RangeOf(FfaMemory memory) =>
        new() { Address = memory.Range.Start.Value, PageCount = (uint)(memory.Range.Length / PhysicalAddress.PageSize) };

    private static DescriptorDraft GoodSend(uint function, Sends kind, PartitionId sender, PartitionId receiver, params FfaMemRange[] ranges)
    {
        var draft = new DescriptorDraft
        {
            Function = function,
            Sender = sender.Value,
            Attributes = kind == Sends.Share ? FfaMemoryAttributes.NormalWriteBackInner : FfaMemoryAttributes.NotSpecified,
            Ranges = [.. ranges],
        };
        draft.Receivers.Add(new DescriptorDraft.Receiver(receiver.Value, kind == Sends.Donate ? FfaAccess.NotSpecified : FfaAccess.ReadWrite));
        return draft;
    }

    private static DescriptorDraft GoodRetrieve(Sends kind, PartitionId sender, PartitionId receiver, MemoryHandle handle)
    {
        var draft = new DescriptorDraft { Function = FfaFunction.MemRetrieveReq32, Sender = sender.Value, Handle = handle.Value };
        draft.Receivers.Add(new DescriptorDraft.Receiver(receiver.Value, kind == Sends.Share ? FfaAccess.NotSpecified : FfaAccess.NotExecutable));
        return draft;
    }

    private static SmcFrame Call(this FfaUserDevice ffa, DescriptorDraft draft)
    {
        (SmcFrame frame, byte[] bytes) = draft.Build();
        return ffa.Call(frame, bytes);
    }

    private static SmcFrame Call(this PartitionProxy partition, DescriptorDraft draft)
    {
        (SmcFrame frame, byte[] bytes) = draft.Build();
        return partition.Call(frame, bytes);
    }

    private static SmcFrame TryReclaim(this FfaUserDevice ffa, MemoryHandle handle, uint flags = 0, uint w4 = 0) =>
        ffa.Call(FfaFrame.Of(FfaFunction.MemReclaim, handle.Low, handle.High, flags, w4));

    private static SmcFrame Relinquish(PartitionProxy partition, MemoryHandle handle, uint flags = 0, uint endpoints = 1, PartitionId? endpoint = null)
    {
        byte[] bytes = new byte[FfaMemRelinquish.Size + (2 * sizeof(ushort))];
        MemoryMarshal.Write(bytes, new FfaMemRelinquish { Handle = handle.Value, Flags = flags, EndpointCount = endpoints });
        MemoryMarshal.Write(bytes.AsSpan(FfaMemRelinquish.Size), (endpoint ?? partition.Id).Value);
        return partition.Call(FfaFrame.Of(FfaFunction.MemRelinquish), bytes);
    }
}
