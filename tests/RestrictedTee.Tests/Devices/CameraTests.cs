using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Firewall;

namespace RestrictedTee.Tests.Devices;

/// <summary>The camera: test frames into a buffer that it labels for its consumers.</summary>
public sealed class CameraTests : IDisposable
{
    private const int Width = 32, Height = 8;

    private readonly DeviceBench _bench = new(BusMasterNames.Camera, board: Board);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_frame_is_written_and_its_consumers_alone_get_at_it()
    {
        RestrictedBuffer buffer = _bench.Allocate();

        Assert.Equal(DeviceResult.Done, _bench.Run(Frame(_bench.Map(buffer, AccessRights.Write), frame: 7) with { Consumers = _bench.RowBit(BusMasterNames.VideoDecoder) }));

        byte[] content = DeviceBench.ContentOf(buffer, Width * Height * 3 / 2);
        Assert.Equal(Enumerable.Range(0, Width * Height).Select(i => Camera.Luma(7, i % Width, i / Width)), content[..(Width * Height)]);
        Assert.Equal(Camera.Chroma(7), (content[Width * Height], content[^1]));
        Assert.False(_bench.Tee.Os.Firewall.TryGrant(FirewallBench.SecureTa, 1, buffer, 0, 1, AccessRights.Read, out _));
        Assert.Equal(DeviceAccessOutcome.Done, _bench.Access.Map(FirewallBench.Decoder.Id, buffer, AccessRights.Read, out ulong handle));
        Assert.True(_bench.Tee.Os.Firewall.TryGrant(FirewallBench.Decoder, handle, 0, 1, AccessRights.Read, out AccessGrant grant));
        grant.Dispose();
    }

    [Fact]
    public void A_frame_that_does_not_fit_its_buffer_is_a_bus_error_and_none_of_it_is_left()
    {
        RestrictedBuffer buffer = _bench.Allocate(4096);
        CameraDescriptor job = Frame(_bench.Map(buffer, AccessRights.Write), frame: 1);

        Assert.Equal(DeviceResult.BusError, _bench.Run(job with { Image = job.Image with { Stride = 1024 } }));

        Assert.All(DeviceBench.ContentOf(buffer, 4096), b => Assert.Equal(0, b));
    }

    [Fact]
    public void What_another_has_produced_the_camera_does_not_overwrite()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        BusAddress mapped = _bench.Map(buffer, AccessRights.Write);
        _bench.Tee.Os.Firewall.TryClaim(FirewallBench.SecureTa, 1, buffer, []);

        Assert.Equal(DeviceResult.BusError, _bench.Run(Frame(mapped, frame: 1)));
    }

    [Fact]
    public void Descriptors_are_laid_out_as_they_say()
    {
        Assert.Equal((CameraDescriptor.Size, ImageDescriptor.Size), (Marshal.SizeOf<CameraDescriptor>(), Marshal.SizeOf<ImageDescriptor>()));
        Assert.Equal((DisplayDescriptor.Size, PlaneDescriptor.Size), (Marshal.SizeOf<DisplayDescriptor>(), Marshal.SizeOf<PlaneDescriptor>()));
    }

    private static CameraDescriptor Frame(BusAddress at, ulong frame) => new()
    {
        Head = new DescriptorHead { Operation = 1 },
        Image = new ImageDescriptor { Format = (uint)PixelFormat.Nv12, Width = Width, Height = Height, Stride = Width, ChromaStride = Width, Lines = at, Chroma = at.Plus(Width * Height) },
        Frame = frame,
    };

    /// <summary>The small board, with a camera that may write to the pool that the tests use.</summary>
    private static BoardFile Board => Harness.InProcessTee.SmallBoard with
    {
        BusMasters =
        [
            .. Harness.InProcessTee.SmallBoard.BusMasters.Select(master => master.Name == BusMasterNames.Camera
                ? master with { Rights = new Dictionary<UseCase, BusRights> { [UseCase.SecureVideoPlay] = BusRights.Write } }
                : master),
        ],
    };
}
