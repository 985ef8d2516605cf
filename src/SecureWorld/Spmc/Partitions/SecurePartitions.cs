using RestrictedTee.Contracts;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SecureWorld.Spmc.TestPartitions;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc.Partitions;

/// <summary>
/// The FF-A side of the secure world put together: the endpoints, their RAM, and the calls. Beside the TEE there are only the
/// partitions that the board asks for, since they exist to be tested with.
/// </summary>
internal sealed class SecurePartitions : IDisposable
{
    private readonly SecretMapping? _ram;

    /// <param name="dispatcher">Where the calls are entered; complete from now on.</param>
    /// <param name="tee">OP-TEE.</param>
    /// <param name="relayer">Who owns which memory.</param>
    /// <param name="board">Which other partitions there are, and where their RAM lies.</param>
    /// <param name="choice">How that RAM is to be had.</param>
    /// <param name="contexts">Execution contexts of each partition.</param>
    /// <param name="notifications">Those of the TEE, which are FF-A notifications here.</param>
    internal SecurePartitions(
        FfaDispatcher dispatcher, TeePartition tee, MemoryRelayer relayer, BoardFile board, SecretMemoryChoice choice, int contexts, Notifications notifications)
    {
        Tee = tee;
        Table = new PartitionTable(dispatcher.NormalWorld);
        Table.Add(tee);
        if (board.PartitionRam is { } region)
            _ram = SecretMapping.Create((int)region.Size, choice);
        ushort id = (ushort)(tee.Id.Value + 1);
        foreach (TestPartition wanted in board.Partitions)
        {
            Table.Add(Uuid(wanted) is { } uuid
                ? new EchoPartition(new PartitionId(id), uuid, dispatcher, relayer, GiveRam(board, relayer, new PartitionId(id), wanted))
                : new LogicalPartition(new PartitionId(id)));
            id++;
        }

        _ = new SetupCalls(dispatcher, relayer);
        _ = new PartitionInfoCalls(dispatcher, Table, contexts);
        _ = new MessageCalls(dispatcher, Table);
        _ = new MemoryCalls(dispatcher, relayer, Table);
        _ = new RetrieveCalls(dispatcher, relayer);
        var notify = new NotificationCalls(dispatcher, Table, notifications.Ring);
        dispatcher.Complete();
        notifications.FfaSet = bitmap => notify.Set(PartitionId.Tee, PartitionId.NormalWorld, bitmap) == FfaStatus.Success;
    }

    internal PartitionTable Table { get; }

    internal TeePartition Tee { get; }

    internal void Scrub() => _ram?.Scrub();

    public void Dispose() => _ram?.Dispose();

    /// <summary>Divides the RAM evenly among those that have any, in the order of the board.</summary>
    private PhysicalRange GiveRam(BoardFile board, MemoryRelayer relayer, PartitionId id, TestPartition wanted)
    {
        TestPartition[] sharers = [.. board.Partitions.Where(partition => Uuid(partition) is not null)];
        ulong each = board.PartitionRam!.Size / (ulong)sharers.Length / PhysicalAddress.PageSize * PhysicalAddress.PageSize;
        ulong offset = (ulong)Array.IndexOf(sharers, wanted) * each;
        PhysicalRange ram = PhysicalRange.Create(new PhysicalAddress(board.PartitionRam.Base) + offset, each);
        relayer.AddPartitionRam(ram, _ram!, offset, id);
        return ram;
    }

    /// <summary>The UUID of an instance of the echo partition; null for the logical partition.</summary>
    private static Guid? Uuid(TestPartition partition) => partition switch
    {
        TestPartition.Echo1 => EchoPartitions.Uuid1,
        TestPartition.Echo2 => EchoPartitions.Uuid2,
        TestPartition.Echo3 => EchoPartitions.Uuid3,
        _ => null,
    };
}
