using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Proposals;

/// <summary>
/// The TEE's restricted dma-bufs v4 (2024): TEE_IOC_RSTMEM_ALLOC over memory that is the TEE's for good or lent to it, over both ABIs;
/// and the dma-heap form in which they were merged.
/// </summary>
public sealed class TeeRestrictedDmaBufsTests
{
    public static TheoryData<bool, ConduitAbi, bool> Forms
    {
        get
        {
            var data = new TheoryData<bool, ConduitAbi, bool>();
            foreach (bool isLent in new[] { false, true })
            {
                foreach (ConduitAbi abi in new[] { ConduitAbi.Smc, ConduitAbi.Ffa })
                {
                    data.Add(isLent, abi, false);
                    data.Add(isLent, abi, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Tee_restricted_dma_bufs_v4_and_their_dma_heap_form(bool isLent, ConduitAbi abi, bool fromHeap)
    {
        using var tee = new InProcessTee(board: isLent ? InProcessTee.DynamicBoard : InProcessTee.SmallBoard, abi: abi);
        using TeeContext context = tee.OpenContext();
        using TeeSession sdp = context.OpenSession(SdpBasic.Uuid);
        byte[] secret = [.. Enumerable.Range(0, 5000).Select(i => (byte)(1 + (i % 255)))], found = new byte[5000];
        using (DmaBufHandle buffer = fromHeap ? context.AllocateRestricted("protected,secure-video", 5000) : context.AllocateRestricted(UseCase.SecureVideoPlay, 5000))
        using (SharedMemory memory = context.RegisterSharedMemory(buffer))
        using (DmaBufAttachment decoder = buffer.Attach(tee.Host.Devices.Named(BusMasterNames.VideoDecoder)))
        {
            DmaMapping mapping = decoder.Map(DmaDirection.Bidirectional);
            sdp.Invoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(secret), Parameter.Partial(memory, Direction.Output, 0, 5000)));
            sdp.Invoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(memory, Direction.Input, 0, 5000), Parameter.TempOutput(found)));

            Assert.Equal(secret, found);
            DeviceRange range = Assert.Single(mapping.Device);
            Assert.Equal((0UL, 8192UL, RangeAttributes.Protected), (range.Address, range.Length, range.Attributes)); // named by handle and offset
            Assert.NotEqual(0UL, range.Handle);
            Assert.Equal((fromHeap ? -1 : 1) < 0, buffer.ShmId < 0);
            Assert.Equal(1, context.Heaps[0].Buffers);
        }

        Assert.Equal((0, isLent), (context.Heaps[0].Buffers, context.Heaps[0].Protection == "not lent"));
    }
}
