using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.Xtest.FfaSpmc;

/// <summary>Makes FF-A calls as an echo partition, through a page that is shared with it.</summary>
internal sealed class PartitionProxy : IDisposable
{
    private readonly FfaUserDevice _ffa;
    private readonly FfaMemory _page;
    private readonly MemoryHandle _handle;

    internal PartitionProxy(FfaUserDevice ffa, PartitionId partition)
    {
        _ffa = ffa;
        Id = partition;
        _page = ffa.Allocate(1);
        _handle = _page.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(partition, FfaAccess.ReadWrite));
        Ask(EchoPartitions.CommandRetrieve, _handle.Low, _handle.High, ffa.Id.Value);
    }

    internal PartitionId Id { get; }

    /// <summary>What was in RX after the last call.</summary>
    internal ReadOnlySpan<byte> Rx => _page.Span.Slice(EchoPartitions.Proxy.RxOffset, EchoPartitions.Proxy.RxLength);

    /// <summary>A call of the partition, with these bytes in its TX.</summary>
    internal SmcFrame Call(SmcFrame frame, ReadOnlySpan<byte> tx = default)
    {
        frame.AsReadOnlyBytes().CopyTo(_page.Span[EchoPartitions.Proxy.FrameOffset..]);
        Span<byte> bytes = _page.Span.Slice(EchoPartitions.Proxy.TxOffset, EchoPartitions.Proxy.TxLength);
        bytes.Clear();
        tx.CopyTo(bytes);
        ulong page = _page.Range.Start.Value;
        Ask(EchoPartitions.CommandProxy, unchecked((uint)page), (uint)(page >> 32));
        _page.Span.Slice(EchoPartitions.Proxy.FrameOffset, SmcFrame.Size).CopyTo(frame.AsBytes());
        return frame;
    }

    internal SmcFrame Call(uint function, uint w1 = 0, uint w2 = 0, uint w3 = 0) => Call(FfaFrame.Of(function, w1, w2, w3));

    public void Dispose()
    {
        Ask(EchoPartitions.CommandRelinquish, _handle.Low, _handle.High);
        _page.Reclaim(_handle);
        _page.Dispose();
    }

    private void Ask(uint command, uint w1, uint w2, uint w3 = 0)
    {
        uint[] answer = _ffa.Send(Id, command, w1, w2, w3);
        if (answer[0] != EchoPartitions.Ok)
            throw new InvalidOperationException($"Partition {Id} failed command {command} (status -{answer[1]}).");
    }
}
