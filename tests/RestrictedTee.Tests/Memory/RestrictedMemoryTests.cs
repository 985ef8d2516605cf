using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Memory;

public sealed class RestrictedMemoryTests : IDisposable
{
    private readonly InProcessTee _tee = new();

    public void Dispose() => _tee.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4097)]
    [InlineData(70001)]
    public void Invariant_6_freed_restricted_memory_is_zero_before_reuse(int size)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession sdp = context.OpenSession(SdpBasic.Uuid);
        byte[] secret = [.. Enumerable.Repeat((byte)0xA5, size)];
        using (DmaBufHandle first = context.AllocateRestricted(UseCase.SecureVideoPlay, size))
        using (SharedMemory memory = context.RegisterSharedMemory(first))
            sdp.Invoke(SdpBasic.CommandInject, new Operation(Parameter.TempInput(secret), Parameter.Partial(memory, Direction.Output, 0, size)));

        int whole = (int)context.Heaps[0].LargestFree;
        using DmaBufHandle again = context.AllocateRestricted(UseCase.SecureVideoPlay, whole);
        using SharedMemory all = context.RegisterSharedMemory(again);
        byte[] found = new byte[whole];
        sdp.Invoke(SdpBasic.CommandDump, new Operation(Parameter.None, Parameter.TempOutput(found)).AsDump(all));

        Assert.Equal((int)_tee.Board.Pools[0].Size, whole);
        Assert.DoesNotContain((byte)0xA5, found);
    }

    [Fact]
    public void A_buffer_outlives_its_handle_while_the_tee_has_it_registered()
    {
        using TeeContext context = _tee.OpenContext();
        DmaBufHandle handle = context.AllocateRestricted("protected,secure-video", 5000);
        SharedMemory memory = context.RegisterSharedMemory(handle);

        handle.Dispose();
        Assert.Equal(1, context.Heaps[0].Buffers);
        memory.Dispose();

        Assert.Equal(0, context.Heaps[0].Buffers);
    }

    [Fact]
    public void An_attachment_and_a_duplicate_keep_the_buffer()
    {
        using TeeContext context = _tee.OpenContext();
        DmaBufHandle handle = context.AllocateRestricted("protected,secure-video", 5000);
        DmaBufAttachment attachment = handle.Attach(Display);
        DmaBufHandle duplicate = handle.Duplicate();

        handle.Dispose();
        attachment.Dispose();
        Assert.Equal(1, context.Heaps[0].Buffers);
        duplicate.Dispose();

        Assert.Equal(0, context.Heaps[0].Buffers);
    }

    private static DmaDevice Display { get; } = new()
    {
        Name = "display",
        Rights = new Dictionary<UseCase, DmaAccess> { [UseCase.SecureVideoPlay] = DmaAccess.Read },
    };

    [Fact]
    public void A_handle_refuses_to_be_mapped_and_knows_what_it_is()
    {
        using TeeContext context = _tee.OpenContext();
        using DmaBufHandle handle = context.AllocateRestricted("protected,trusted-ui", 5000);

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => handle.Map().Length).Errno);
        Assert.Equal(("protected,trusted-ui", UseCase.TrustedUi, 8192UL), (handle.HeapName, handle.UseCase, handle.Size));
    }

    [Theory]
    [InlineData("protected,secure-video", 0, Errno.EINVAL)]
    [InlineData("protected,secure-video", 2 << 20, Errno.ENOMEM)]
    [InlineData("protected,secure-video", int.MaxValue, Errno.ENOMEM)]
    [InlineData("protected,secure-video-record", 4096, Errno.ENOENT)]
    [InlineData("cma", 4096, Errno.ENOENT)]
    [InlineData("", 4096, Errno.ENOENT)]
    public void A_bad_allocation_gets_its_errno(string heap, int size, Errno expected)
    {
        using TeeContext context = _tee.OpenContext();

        Assert.Equal(expected, Assert.Throws<TeeDriverException>(() => context.AllocateRestricted(heap, size)).Errno);
    }

    [Theory]
    [InlineData(0u, 4096UL, 0u)]
    [InlineData(3u, 4096UL, 0u)]
    [InlineData(77u, 4096UL, 0u)]
    [InlineData(1u, 0UL, 0u)]
    [InlineData(1u, 4096UL, 1u)]
    public void A_bad_rstmem_alloc_is_einval(uint useCase, ulong size, uint flags)
    {
        using TeeContext context = _tee.OpenContext();

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => context.Device.AllocateRestricted((UseCase)useCase, size, flags)).Errno);
    }

    [Fact]
    public void A_buffer_of_another_tee_and_a_closed_handle_are_refused()
    {
        using var other = new InProcessTee();
        using TeeContext here = _tee.OpenContext();
        using TeeContext there = other.OpenContext();
        using DmaBufHandle foreign = there.AllocateRestricted("protected,secure-video", 4096);
        DmaBufHandle closed = here.AllocateRestricted("protected,secure-video", 4096);
        closed.Dispose();

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => here.Device.RegisterShmFd(foreign)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => here.Device.GetRestrictedInfo(foreign)).Errno);
        Assert.Equal(Errno.EBADF, Assert.Throws<TeeDriverException>(() => here.Device.RegisterShmFd(closed)).Errno);
    }

    [Fact]
    public void A_full_pool_is_enomem_and_recovers()
    {
        using TeeContext context = _tee.OpenContext();
        var taken = new List<DmaBufHandle>();
        void TakeAll()
        {
            while (true)
                taken.Add(context.AllocateRestricted("protected,trusted-ui", 10_000));
        }

        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(TakeAll).Errno);
        taken.ForEach(handle => handle.Dispose());

        Assert.Equal(_tee.Board.Pools[1].Size, context.Heaps[1].LargestFree);
    }

    [Fact]
    public void Invariant_1_a_ta_without_the_property_never_gets_a_restricted_memref()
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession crypt = context.OpenSession(Crypt.Uuid);
        using DmaBufHandle handle = context.AllocateRestricted("protected,secure-video", 4096);
        using SharedMemory memory = context.RegisterSharedMemory(handle);
        byte[] digest = new byte[32];

        TeecResult result = crypt.TryInvoke(
            Crypt.CommandSha256, new Operation(Parameter.Partial(memory, Direction.Input, 0, 64), Parameter.TempOutput(digest)), out TeecOrigin origin);

        Assert.Equal((TeecResult.BadParameters, TeecOrigin.Tee), (result, origin));
        Assert.Equal(1, _tee.Os.Firewall.Faults.Count);
    }

    [Theory]
    [InlineData(8191, 2)]
    [InlineData(8191, 8192)]
    [InlineData(8192, 1)]
    [InlineData(8192, 4096)]
    [InlineData(2, -1)]
    [InlineData(-1, 1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_reference_past_the_end_is_refused_before_the_ta(int offset, int size)
    {
        using TeeContext context = _tee.OpenContext();
        using TeeSession sdp = context.OpenSession(SdpBasic.Uuid);
        using DmaBufHandle handle = context.AllocateRestricted("protected,secure-video", 5000);
        using SharedMemory memory = context.RegisterSharedMemory(handle);

        TeecResult result = sdp.TryInvoke(SdpBasic.CommandTransform, new Operation(Parameter.Partial(memory, Direction.InOut, offset, size)), out TeecOrigin origin);

        Assert.Equal(TeecResult.BadParameters, result);
        Assert.NotEqual(TeecOrigin.TrustedApp, origin);
    }
}

internal static class OperationExtensions
{
    /// <summary>The memory as input only: a whole reference to memory made for both ways goes both ways.</summary>
    internal static Operation AsDump(this Operation operation, SharedMemory source)
    {
        operation[0] = Parameter.Partial(source, Direction.Input, 0, source.Size);
        return operation;
    }
}
