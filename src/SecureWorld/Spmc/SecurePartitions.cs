using RestrictedTee.Contracts;
using RestrictedTee.SecureWorld.Boot;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.Spmc.Partitions;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc;

/// <summary>The FF-A side of the secure world put together: the endpoints, their RAM, and the calls.</summary>
internal sealed class SecurePartitions : IDisposable
{
    private static readonly Guid[] Echoes = [EchoPartitions.Uuid1, EchoPartitions.Uuid2, EchoPartitions.Uuid3];

    private readonly SecretMapping _ram;

    internal SecurePartitions(FfaDispatcher dispatcher, TeePartition tee, MemoryRelayer relayer, TrustedOsOptions options, Notifications notifications)
    {
        Tee = tee;
        Table = new PartitionTable(dispatcher.NormalWorld);
        Table.Add(tee);
        MemoryRegion board = options.Board.PartitionRam;
        ulong each = board.Size / (ulong)Echoes.Length / PhysicalAddress.PageSize * PhysicalAddress.PageSize;
        _ram = SecretMapping.Create((int)board.Size, options.SecretMemory);
        ushort id = (ushort)(tee.Id.Value + 1);
        for (int i = 0; i < Echoes.Length; i++, id++)
        {
            PhysicalRange ram = PhysicalRange.Create(new PhysicalAddress(board.Base) + ((ulong)i * each), each);
            relayer.AddPartitionRam(ram, _ram.Address + (nint)((ulong)i * each), new PartitionId(id));
            Table.Add(new EchoPartition(new PartitionId(id), Echoes[i], dispatcher, relayer, ram));
        }

        Table.Add(new LogicalPartition(new PartitionId(id)));

        _ = new SetupCalls(dispatcher, relayer);
        _ = new PartitionInfoCalls(dispatcher, Table, options.Contexts);
        _ = new MessageCalls(dispatcher, Table);
        _ = new MemoryCalls(dispatcher, relayer, Table);
        _ = new RetrieveCalls(dispatcher, relayer);
        var notify = new NotificationCalls(dispatcher, Table, notifications.Ring);
        notifications.FfaSet = bitmap => notify.Set(PartitionId.Tee, PartitionId.NormalWorld, bitmap);
    }

    internal PartitionTable Table { get; }

    internal TeePartition Tee { get; }

    internal void Scrub() => _ram.Span.Clear();

    public void Dispose() => _ram.Dispose();
}
