using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Boot;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SecureWorld.Spmc;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Ffa;

/// <summary>
/// The SPMC alone, called register by register by any endpoint on the calling thread: no driver, no conduit, no partition's
/// program. Each endpoint has RX and TX mapped, unless the programs of the partitions are to do it themselves.
/// </summary>
internal sealed class SpmcWorld : IDisposable
{
    private const int BufferPages = 2;

    private readonly NormalRamMap _ram = new();
    private readonly FfaDispatcher _spmc;

    internal SpmcWorld(bool mapsPartitionBuffers = true)
    {
        BoardFile board = InProcessTee.SmallBoard;
        Bank = RamBank.Create(board.NormalRam.Range, "spmc test ram");
        _ram.TryPlug(RamBank.Attach(InProcessTee.Duplicate(Bank.Memfd), Bank.Range));
        Os = new TrustedOs(
            new TrustedOsOptions { Board = board, Conduit = ConduitAbi.Ffa, Contexts = 64, EarlyTaFolder = Repository.EarlyTas, SecretMemory = SecretMemoryChoice.Off }, _ram);
        _spmc = (FfaDispatcher)Os.Dispatcher;
        NormalWorld = new Actor(Table.NormalWorld, board.NormalRam.Base);
        Call(NormalWorld, FfaFunction.Version, FfaVersion.V1_2.Value);
        Echo = [.. Table.Secure.Where(p => p.Uuid == Contracts.EchoPartitions.Uuid1 || p.Uuid == Contracts.EchoPartitions.Uuid2 || p.Uuid == Contracts.EchoPartitions.Uuid3)
            .Select((p, i) => new Actor(p, board.PartitionRam!.Base + ((ulong)i * (64 << 10))))];
        foreach (Actor actor in (mapsPartitionBuffers ? Echo : []).Prepend(NormalWorld))
            Assert.Equal(FfaStatus.Success, Call(actor, FfaFunction.RxTxMap32, unchecked((uint)actor.Ram), unchecked((uint)actor.Ram) + (BufferPages * PhysicalAddress.PageSize), BufferPages).Status());
    }

    /// <summary>An endpoint, and where its memory begins; its buffers are the first pages.</summary>
    internal sealed record Actor(Partition Partition, ulong Ram)
    {
        internal PartitionId Id => Partition.Id;

        /// <summary>Page <paramref name="index"/> of what it may send.</summary>
        internal PhysicalAddress Page(int index) => new(Ram + ((ulong)(index + (2 * BufferPages)) * PhysicalAddress.PageSize));
    }

    internal TrustedOs Os { get; }

    internal RamBank Bank { get; }

    /// <summary>Normal RAM as the secure world knows it.</summary>
    internal NormalRamMap Ram => _ram;

    internal PartitionTable Table => Os.Partitions!.Table;

    internal Actor NormalWorld { get; }

    internal Actor[] Echo { get; }

    internal MemoryRelayer Relayer => Os.Relayer;

    internal SmcFrame Call(Actor actor, uint function, uint w1 = 0, uint w2 = 0, uint w3 = 0, uint w4 = 0)
    {
        return Call(actor, FfaFrame.Of(function, w1, w2, w3, w4));
    }

    internal SmcFrame Call(Actor actor, SmcFrame frame, int cpu = 0)
    {
        _spmc.Call(ref frame, actor.Partition, new TeeThread(new NoConduit(), cpu, isFastOnly: false));
        return frame;
    }

    /// <summary>A call with these bytes in TX.</summary>
    internal SmcFrame Call(Actor actor, SmcFrame frame, ReadOnlySpan<byte> tx, int cpu = 0)
    {
        if (actor == NormalWorld)
            tx.CopyTo(Bank.GetSpan(actor.Ram - Bank.Range.Start.Value, BufferPages * PhysicalAddress.PageSize));
        for (int at = 0; at < tx.Length && actor != NormalWorld; at += PhysicalAddress.PageSize)
            Assert.True(Relayer.Access.TryWrite(actor.Id, new PhysicalAddress(actor.Ram + (ulong)at), tx[at..Math.Min(tx.Length, at + PhysicalAddress.PageSize)]));
        return Call(actor, frame, cpu);
    }

    internal SmcFrame Send(Actor sender, uint function, ReadOnlySpan<FfaMemRange> ranges, ReadOnlySpan<FfaReceiver> receivers, FfaMemoryFlags flags = FfaMemoryFlags.None, int cpu = 0)
    {
        bool isAlone = function == FfaFunction.MemDonate32 || (function == FfaFunction.MemLend32 && receivers.Length == 1);
        ushort attributes = isAlone ? FfaMemoryAttributes.NotSpecified : FfaMemoryAttributes.NormalWriteBackInner;
        byte[] bytes = new byte[FfaTransactionWriter.Length(sender.Partition.Version, receivers.Length, ranges.Length)];
        uint pages = 0;
        foreach (FfaMemRange range in ranges)
            pages += range.PageCount;
        int at = FfaTransactionWriter.Write(bytes, sender.Partition.Version, new FfaTransactionHead(sender.Id, attributes, flags, default, Tag: 0), receivers, pages, (uint)ranges.Length);
        MemoryMarshal.AsBytes(ranges).CopyTo(bytes.AsSpan(at));
        return Call(sender, FfaFrame.Of(function, (uint)bytes.Length, (uint)bytes.Length), bytes, cpu);
    }

    internal SmcFrame Retrieve(Actor receiver, PartitionId sender, MemoryHandle handle, ReadOnlySpan<FfaReceiver> receivers, FfaMemoryFlags flags = FfaMemoryFlags.None)
    {
        byte[] bytes = new byte[FfaTransactionWriter.Length(receiver.Partition.Version, receivers.Length, ranges: null)];
        FfaTransactionWriter.Write(bytes, receiver.Partition.Version, new FfaTransactionHead(sender, FfaMemoryAttributes.NotSpecified, flags, handle, Tag: 0), receivers, 0, 0);
        return Call(receiver, FfaFrame.Of(FfaFunction.MemRetrieveReq32, (uint)bytes.Length, (uint)bytes.Length), bytes);
    }

    internal SmcFrame Relinquish(Actor receiver, MemoryHandle handle, FfaMemoryFlags flags = FfaMemoryFlags.None)
    {
        byte[] bytes = new byte[FfaMemRelinquish.Size + sizeof(ushort)];
        MemoryMarshal.Write(bytes, new FfaMemRelinquish { Handle = handle.Value, Flags = (uint)flags, EndpointCount = 1 });
        MemoryMarshal.Write(bytes.AsSpan(FfaMemRelinquish.Size), receiver.Id.Value);
        return Call(receiver, FfaFrame.Of(FfaFunction.MemRelinquish), bytes);
    }

    internal SmcFrame Reclaim(Actor sender, MemoryHandle handle, FfaMemoryFlags flags = FfaMemoryFlags.None) =>
        Call(sender, FfaFunction.MemReclaim, handle.Low, handle.High, (uint)flags);

    /// <summary>What an endpoint reads at the start of a page; null is a data abort. The normal world reads through its own mapping.</summary>
    internal byte? Read(Actor actor, PhysicalAddress page)
    {
        if (actor == NormalWorld)
            return Bank.Range.Contains(PhysicalRange.Create(page, 1)) ? Bank.GetSpan(page.Value - Bank.Range.Start.Value, 1)[0] : null;
        byte value = 0;
        return Relayer.Access.TryRead(actor.Id, page, new Span<byte>(ref value)) ? value : null;
    }

    internal bool TryWrite(Actor actor, PhysicalAddress page, byte value)
    {
        if (actor == NormalWorld)
        {
            Bank.GetSpan(page.Value - Bank.Range.Start.Value, 1)[0] = value;
            return true;
        }

        return Relayer.Access.TryWrite(actor.Id, page, [value]);
    }

    internal ReadOnlySpan<byte> Rx(Actor actor) => actor.Partition.Buffers.Rx;

    internal static MemoryHandle HandleOf(in SmcFrame frame) => MemoryHandle.FromHalves(frame.A2, frame.A3);

    internal static FfaMemRange RangeOf(PhysicalAddress page, uint pages = 1) => new() { Address = page.Value, PageCount = pages };

    public void Dispose()
    {
        Os.Dispose();
        Bank.Dispose();
    }

    /// <summary>Nothing here suspends.</summary>
    private sealed class NoConduit : IConduit
    {
        public bool TrySend(in SmcFrame frame) => false;

        public bool TryReceive(ref SmcFrame frame) => false;

        public void Dispose()
        {
        }
    }
}
