using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>FFA_PARTITION_INFO_GET by RX buffer and by registers (DEN0077A 1.2 sections 13.8 and 13.9).</summary>
internal sealed class PartitionInfoCalls
{
    private const uint CountOnly = 1;

    private readonly PartitionTable _partitions;
    private readonly int _contexts;

    /// <param name="dispatcher">Where the calls are entered.</param>
    /// <param name="partitions">The partitions.</param>
    /// <param name="contexts">How many execution contexts each has.</param>
    internal PartitionInfoCalls(FfaDispatcher dispatcher, PartitionTable partitions, int contexts)
    {
        _partitions = partitions;
        _contexts = contexts;
        dispatcher.Add(FfaFunction.PartitionInfoGet, ByBuffer);
        dispatcher.Add(FfaFunction.PartitionInfoGetRegs, ByRegisters);
    }

    private void ByBuffer(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        Guid uuid = FfaUuid.FromWords(frame.A1, frame.A2, frame.A3, frame.A4);
        uint flags = frame.A5;
        Partition[] found = _partitions.WithUuid(uuid);
        if ((flags & ~CountOnly) != 0 || found.Length == 0)
        {
            frame.Error(FfaStatus.InvalidParameters);
            return;
        }

        if ((flags & CountOnly) != 0)
        {
            frame.Success((uint)found.Length);
            return;
        }

        int size = FfaPartitionInfo.Size(caller.Version);
        RxTxBuffers buffers = caller.Buffers;
        lock (buffers.Lock)
        {
            if (!buffers.IsMapped || buffers.IsRxFull)
            {
                frame.Error(FfaStatus.Busy);
                return;
            }

            if (found.Length * size > buffers.Length)
            {
                frame.Error(FfaStatus.NoMemory);
                return;
            }

            for (int i = 0; i < found.Length; i++)
                Describe(found[i], uuid).Write(buffers.Rx[(i * size)..], caller.Version);
            buffers.IsRxFull = true;
        }

        frame.Success((uint)found.Length, caller.Version >= FfaVersion.V1_1 ? (uint)size : 0);
    }

    private void ByRegisters(ref SmcFrame frame, Partition caller, TeeThread thread)
    {
        const int First = 3, RegistersEach = FfaPartitionInfo.Size1_1 / sizeof(ulong);
        const int Most = (SmcFrame.RegisterCount - First) / RegistersEach;
        Guid uuid = FfaUuid.FromHalves(frame[1], frame[2]);
        uint start = (uint)(frame[3] & 0xFFFF), tag = (uint)((frame[3] >> 16) & 0xFFFF);
        Partition[] found = _partitions.WithUuid(uuid);
        if (caller.Version < FfaVersion.V1_2)
        {
            frame.Error(FfaStatus.NotSupported);
            return;
        }

        if (tag != 0)
        {
            frame.Error(FfaStatus.Retry); // partitions do not change, so every query has tag 0
            return;
        }

        if (found.Length == 0 || start >= found.Length || frame[3] >> 32 != 0)
        {
            frame.Error(FfaStatus.InvalidParameters);
            return;
        }

        int count = Math.Min(Most, found.Length - (int)start);
        frame = default;
        frame.A0 = FfaFunction.Success64;
        frame[2] = (uint)(found.Length - 1) | ((ulong)(start + (uint)count - 1) << 16) | ((ulong)FfaPartitionInfo.Size1_1 << 48);
        Span<ulong> words = stackalloc ulong[RegistersEach];
        for (int i = 0; i < count; i++)
        {
            Describe(found[start + i], uuid).Write(MemoryMarshal.AsBytes(words), caller.Version);
            for (int word = 0; word < RegistersEach; word++)
                frame[First + (i * RegistersEach) + word] = words[word];
        }
    }

    // Who asked for a UUID knows it, and gets a nil one (table 6.1).
    private FfaPartitionInfo Describe(Partition partition, Guid asked) =>
        new(partition.Id, (ushort)_contexts, partition.Properties, asked == Guid.Empty ? partition.Uuid : Guid.Empty);
}
