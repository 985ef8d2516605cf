using System.Runtime.InteropServices;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Ffa;

/// <summary>Descriptors on the wire: their layouts, version by version, and in fragments.</summary>
public sealed class DescriptorTests : IDisposable
{
    private readonly SpmcWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Structures_have_the_published_sizes_and_offsets()
    {
        Assert.Equal((32, 48, 8, 16, 16, 16), (Size<FfaMemTransaction10>(), Size<FfaMemTransaction11>(), Size<FfaMemAccess>(), Size<FfaMemComposite>(), Size<FfaMemRange>(), Size<FfaMemRelinquish>()));
        Assert.Equal((0, 2, 4, 8, 16, 28), (Offset<FfaMemTransaction10>("Sender"), Offset<FfaMemTransaction10>("Attributes"), Offset<FfaMemTransaction10>("Flags"), Offset<FfaMemTransaction10>("Handle"), Offset<FfaMemTransaction10>("Tag"), Offset<FfaMemTransaction10>("AccessCount")));
        Assert.Equal((0, 2, 4, 8, 16, 24, 28, 32), (Offset<FfaMemTransaction11>("Sender"), Offset<FfaMemTransaction11>("Attributes"), Offset<FfaMemTransaction11>("Flags"), Offset<FfaMemTransaction11>("Handle"), Offset<FfaMemTransaction11>("Tag"), Offset<FfaMemTransaction11>("AccessSize"), Offset<FfaMemTransaction11>("AccessCount"), Offset<FfaMemTransaction11>("AccessOffset")));
        Assert.Equal((0, 2, 3, 4), (Offset<FfaMemAccess>("Endpoint"), Offset<FfaMemAccess>("Access"), Offset<FfaMemAccess>("Flags"), Offset<FfaMemAccess>("CompositeOffset")));
        Assert.Equal((0, 4, 0, 8), (Offset<FfaMemComposite>("PageCount"), Offset<FfaMemComposite>("RangeCount"), Offset<FfaMemRange>("Address"), Offset<FfaMemRange>("PageCount")));
        Assert.Equal((0, 8, 12), (Offset<FfaMemRelinquish>("Handle"), Offset<FfaMemRelinquish>("Flags"), Offset<FfaMemRelinquish>("EndpointCount")));
    }

    [Theory]
    [InlineData(0x1_0000u, 32 + 16)]
    [InlineData(0x1_0001u, 48 + 16)]
    [InlineData(0x1_0002u, 48 + 32)]
    public void Memory_is_sent_and_retrieved_in_the_layout_of_each_endpoints_version(uint version, int composite)
    {
        SpmcWorld.Actor nw = _world.NormalWorld, sp = _world.Echo[0];
        nw.Partition.Version = sp.Partition.Version = new FfaVersion(version);
        Assert.Equal(composite + FfaMemComposite.Size, FfaTransactionWriter.RangesOffset(new FfaVersion(version), 1));

        SmcFrame sent = _world.Send(nw, FfaFunction.MemShare32, [SpmcWorld.RangeOf(nw.Page(0), 2)], [new FfaReceiver(sp.Id, FfaAccess.ReadWrite)]);
        SmcFrame response = _world.Retrieve(sp, nw.Id, SpmcWorld.HandleOf(sent), [new FfaReceiver(sp.Id, FfaAccess.NotSpecified)]);

        Assert.Equal((FfaFunction.MemRetrieveResp, response.A2), (response.A0, response.A1));
        FfaTransactionReader? read = FfaTransactionReader.ReadSend(_world.Rx(sp)[..(int)response.A2], response.A1, new FfaVersion(version));
        Assert.NotNull(read);
        Assert.Equal((2u, 1u, FfaMemoryFlags.TypeShare), (read.PageCount, read.RangeCount, read.Head.Flags));
        Assert.Equal(FfaAccess.ReadWrite | FfaAccess.NotExecutable, read.Receivers[0].Access);
        Assert.Equal(version >= 0x1_0001, (read.Head.Attributes & FfaMemoryAttributes.NonSecure) != 0);
        Assert.Equal(nw.Page(0).Value, MemoryMarshal.Read<FfaMemRange>(_world.Rx(sp)[read.RangesOffset..]).Address);
    }

    [Fact]
    public void An_endpoint_of_1_2_may_use_the_receivers_of_1_1()
    {
        SpmcWorld.Actor nw = _world.NormalWorld;
        byte[] bytes = Describe(FfaVersion.V1_1, FfaMemoryAttributes.NormalWriteBackInner, nw.Page(0));
        SmcFrame frame = FfaFrame.Of(FfaFunction.MemShare32, (uint)bytes.Length, (uint)bytes.Length);

        Assert.Equal(FfaStatus.Success, _world.Call(nw, frame, bytes).Status());

        nw.Partition.Version = FfaVersion.V1_1;
        bytes = Describe(FfaVersion.V1_2, FfaMemoryAttributes.NormalWriteBackInner, nw.Page(1));
        (frame.A1, frame.A2) = ((uint)bytes.Length, (uint)bytes.Length);
        Assert.Equal(FfaStatus.InvalidParameters, _world.Call(nw, frame, bytes).Status());
    }

    [Fact]
    public void A_descriptor_may_lie_in_pages_of_its_own()
    {
        SpmcWorld.Actor nw = _world.NormalWorld;
        byte[] bytes = Describe(FfaVersion.V1_2, FfaMemoryAttributes.NotSpecified, nw.Page(0));
        PhysicalAddress place = nw.Page(5);
        bytes.CopyTo(_world.Bank.GetSpan(place.Value - _world.Bank.Range.Start.Value, bytes.Length));
        SmcFrame frame = default;
        frame.A0 = FfaFunction.MemLend64;
        (frame[1], frame[2], frame[3], frame[4]) = ((ulong)bytes.Length, (ulong)bytes.Length, place.Value, 1);

        Assert.Equal(FfaStatus.Success, _world.Call(nw, frame).Status());
    }

    [Fact]
    public void A_long_region_goes_and_comes_in_fragments_and_keeps_its_order()
    {
        const int Count = 1200; // ranges: more than the two pages of TX, and of RX, hold
        SpmcWorld.Actor nw = _world.NormalWorld, sp = _world.Echo[0];
        FfaMemRange[] ranges = [.. Enumerable.Range(0, Count).Select(i => SpmcWorld.RangeOf(nw.Page(i % 2 == 0 ? i : 2 * Count - i)))];
        byte[] head = new byte[FfaTransactionWriter.RangesOffset(FfaVersion.V1_2, 1)];
        FfaTransactionWriter.Write(head, FfaVersion.V1_2, new FfaTransactionHead(nw.Id, FfaMemoryAttributes.NormalWriteBackInner, FfaMemoryFlags.None, default, 0), [new FfaReceiver(sp.Id, FfaAccess.ReadWrite)], Count, Count);
        SmcFrame frame = default;
        (frame.A0, frame.A1, frame.A2) = (FfaFunction.MemShare32, (uint)(head.Length + (Count * FfaMemRange.Size)), (uint)head.Length);

        frame = _world.Call(nw, frame, head); // a first fragment without a single range is a fragment too
        int sent = 0;
        while (frame.A0 == FfaFunction.MemFragRx)
        {
            Assert.Equal((uint)(head.Length + (sent * FfaMemRange.Size)), frame.A3);
            FfaMemRange[] part = ranges[sent..Math.Min(Count, sent + 511)];
            sent += part.Length;
            frame = FfaFrame.Of(FfaFunction.MemFragTx, frame.A1, frame.A2, (uint)(part.Length * FfaMemRange.Size));
            frame = _world.Call(nw, frame, MemoryMarshal.AsBytes<FfaMemRange>(part));
        }

        Assert.Equal(FfaFunction.Success32, frame.A0);
        MemoryHandle handle = SpmcWorld.HandleOf(frame);
        Assert.Equal(ranges.Select(r => r.Address), Addresses(sp, handle));
        Assert.Equal(FfaStatus.Success, _world.Relinquish(sp, handle).Status());
        Assert.Equal(FfaStatus.Success, _world.Reclaim(nw, handle).Status());
    }

    /// <summary>One page of the normal world's, for the first partition to read and write.</summary>
    private byte[] Describe(FfaVersion version, ushort attributes, PhysicalAddress page)
    {
        byte[] bytes = new byte[FfaTransactionWriter.Length(version, 1, 1)];
        var head = new FfaTransactionHead(PartitionId.NormalWorld, attributes, FfaMemoryFlags.None, default, 0);
        int at = FfaTransactionWriter.Write(bytes, version, head, [new FfaReceiver(_world.Echo[0].Id, FfaAccess.ReadWrite)], 1, 1);
        MemoryMarshal.Write(bytes.AsSpan(at), SpmcWorld.RangeOf(page));
        return bytes;
    }

    private IEnumerable<ulong> Addresses(SpmcWorld.Actor sp, MemoryHandle handle)
    {
        SmcFrame frame = _world.Retrieve(sp, PartitionId.NormalWorld, handle, [new FfaReceiver(sp.Id, FfaAccess.NotSpecified)]);
        Assert.Equal(FfaFunction.MemRetrieveResp, frame.A0);
        byte[] response = new byte[frame.A1];
        int received = 0;
        uint length = frame.A2;
        while (true)
        {
            _world.Rx(sp)[..(int)length].CopyTo(response.AsSpan(received));
            received += (int)length;
            _world.Call(sp, FfaFunction.RxRelease);
            if (received == response.Length)
                break;
            frame = _world.Call(sp, FfaFunction.MemFragRx, handle.Low, handle.High, (uint)received);
            Assert.Equal(FfaFunction.MemFragTx, frame.A0);
            length = frame.A3;
        }

        FfaTransactionReader read = FfaTransactionReader.ReadSend(response, (uint)response.Length, FfaVersion.V1_2)!;
        return MemoryMarshal.Cast<byte, FfaMemRange>(response.AsSpan(read.RangesOffset)).ToArray().Select(r => r.Address);
    }

    private static int Size<T>() => Marshal.SizeOf<T>();

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
