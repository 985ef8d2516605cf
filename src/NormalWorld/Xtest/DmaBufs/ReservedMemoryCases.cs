using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Xtest.Framework;
using static RestrictedTee.Xtest.DmaBufs.DmaBufExpectations;

namespace RestrictedTee.Xtest.DmaBufs;

/// <summary>4022 and 4027: heaps over memory that the board reserves, for boards that have them as static-soc has.</summary>
internal static class ReservedMemoryCases
{
    private const string Board = "static-soc";
    private const string Bitstreams = "protected,secure-heap", Frames = "protected,static-video", Gpu = "protected,discrete-gpu";
    private const ulong Unit = 64 << 10;

    internal static XtestCase LinaroSecureHeap { get; } =
        new("dmabuf_4022", "Linaro secure heap (2022): reserved memory, first fit", SecureHeap) { NeedsHeap = Bitstreams, BoardWithHeap = Board };

    internal static XtestCase StaticPermissions { get; } =
        new("dmabuf_4027", "A SoC with static permissions: no call of the TEE", StaticSoc) { NeedsHeap = Frames, BoardWithHeap = Board };

    private static void SecureHeap(CaseRun c)
    {
        DmaDevice codec = DeviceFor(c, Bitstreams, "codec", DmaAccess.Read) with { NeedsContiguous = true, Alignment = Unit };
        HeapInfo before = c.HeapOf(Bitstreams);
        DmaBufHandle first = c.Tee.AllocateRestricted(Bitstreams, Size);
        using (DmaBufHandle second = c.Tee.AllocateRestricted(Bitstreams, Size))
        {
            c.Expect(AddressOf(second, codec) == AddressOf(first, codec) + Unit, "one aligned range a buffer, one behind the other");
            c.ExpectTaUsesIt(second);
            ulong place = AddressOf(first, codec);
            first.Dispose();
            using DmaBufHandle third = c.Tee.AllocateRestricted(Bitstreams, Size);
            c.Expect(AddressOf(third, codec) == place, "first fit");
            c.Expect(third.Info is { Restriction: RestrictionKind.NamedDevices, RestrictedBy: "boot loader" }, "named devices only, by the boot loader");
            ExpectForbidden(c, third, codec, DmaDirection.FromDevice);
        }

        c.Expect(c.HeapOf(Bitstreams) is { } after && after.Buffers == before.Buffers && after.Used == before.Used && after.Charged == before.Charged, "all of it given back");
    }

    private static void StaticSoc(CaseRun c)
    {
        using DmaBufHandle buffer = c.Tee.AllocateRestricted(Frames, Size);
        using DmaBufAttachment cpu = buffer.Attach(DeviceFor(c, Frames, "cpu", DmaAccess.Write)),
            codec = buffer.Attach(DeviceFor(c, Frames, "codec", DmaAccess.ReadWrite)),
            display = buffer.Attach(DeviceFor(c, Frames, "display", DmaAccess.Read));
        DmaMapping written = cpu.Map(DmaDirection.FromDevice), decoded = codec.Map(DmaDirection.Bidirectional), shown = display.Map(DmaDirection.ToDevice);
        c.Expect(written.Device is [{ Handle: 0, Address: not 0, Length: WholePages }], "memory that the TEE has no name for");
        c.Expect(written.Device[0].Address == decoded.Device[0].Address && decoded.Device[0].Address == shown.Device[0].Address, "one place for all three");
        ExpectForbidden(c, buffer, DeviceFor(c, Frames, "cpu", DmaAccess.Write), DmaDirection.ToDevice);
        ExpectForbidden(c, buffer, DeviceFor(c, Frames, "display", DmaAccess.Read), DmaDirection.FromDevice);
        c.ExpectErrno(Errno.EINVAL, () => _ = buffer.Map().Length);
        ExpectNoTaGetsIt(c, buffer);

        using DmaBufHandle local = c.Tee.AllocateRestricted(Gpu, Size);
        c.Expect(local.Info is { Restriction: RestrictionKind.NamedDevices, RestrictedBy: "gpu-firmware" }, "a GPU's own memory beside it");
        c.ExpectErrno(Errno.EACCES, () => local.Attach(DeviceFor(c, Frames, "display", DmaAccess.Read)).Dispose());
        ExpectNoTaGetsIt(c, local);
    }

    private static void ExpectForbidden(CaseRun c, DmaBufHandle buffer, DmaDevice device, DmaDirection direction)
    {
        using DmaBufAttachment attachment = buffer.Attach(device);
        c.ExpectErrno(Errno.EACCES, () => attachment.Map(direction));
    }

    /// <summary>The board's rules give trusted applications nothing of it, registered or not.</summary>
    private static void ExpectNoTaGetsIt(CaseRun c, DmaBufHandle buffer)
    {
        using SharedMemory memory = c.Tee.RegisterSharedMemory(buffer);
        using TeeSession? sdp = c.Open(SdpBasic.Uuid);
        TeecResult result = sdp!.TryInvoke(
            SdpBasic.CommandDump, new Operation(Parameter.Partial(memory, Direction.Input, 0, Size), Parameter.TempOutput(new byte[Size])), out _);
        c.Expect(result == TeecResult.AccessDenied, $"no trusted application let at it, got {result}");
    }

    private static DmaDevice DeviceFor(CaseRun c, string heap, string name, DmaAccess rights) =>
        new() { Name = name, Rights = new Dictionary<UseCase, DmaAccess> { [c.HeapOf(heap).UseCase] = rights } };

    private static ulong AddressOf(DmaBufHandle buffer, DmaDevice device)
    {
        using DmaBufAttachment attachment = buffer.Attach(device);
        return attachment.Map(DmaDirection.ToDevice).Device[0].Address;
    }
}
