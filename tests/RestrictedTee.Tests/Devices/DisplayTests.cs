using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Firewall;

namespace RestrictedTee.Tests.Devices;

/// <summary>The display controller: planes, composition, and who learns what of it.</summary>
public sealed class DisplayTests : IDisposable
{
    private const int Width = 36, Height = 10; // no multiple of what is done at once
    private const int OverlayOffset = 0x4000;

    private readonly DeviceBench _bench = new(BusMasterNames.DisplayController);

    private DisplayController Display => (DisplayController)_bench.Tee.Os.Devices.Devices[(int)_bench.Device];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(PixelFormat.Nv12, PixelFormat.Argb8888, 255)]
    [InlineData(PixelFormat.Nv12, PixelFormat.Argb8888, 100)]
    [InlineData(PixelFormat.Xrgb8888, PixelFormat.Xrgb8888, 77)]
    [InlineData(PixelFormat.Xrgb8888, PixelFormat.Xrgb8888, 255)]
    public void A_restricted_video_plane_and_a_normal_overlay_are_composed_pixel_by_pixel(PixelFormat video, PixelFormat overlay, int alpha)
    {
        var random = new Random(1);
        byte[] videoBytes = new byte[video == PixelFormat.Nv12 ? Width * Height * 3 / 2 : Width * Height * 4], overlayBytes = new byte[20 * 4 * 4];
        random.NextBytes(videoBytes);
        random.NextBytes(overlayBytes);
        RestrictedBuffer buffer = _bench.Allocate();
        _bench.Fill(buffer, videoBytes);
        overlayBytes.CopyTo(_bench.Scratch[OverlayOffset..]);
        DisplayDescriptor frame = Frame(VideoPlane(video, _bench.Map(buffer, AccessRights.Read)), Overlay(overlay, (uint)alpha));

        Assert.Equal(DeviceResult.Done, _bench.Run(frame));

        uint[] expected = Compose(video, videoBytes, overlay, overlayBytes, (uint)alpha);
        Assert.Equal(new ScannedFrame(Crc(expected), Crc([.. expected.Skip(3 * Width).Take(2 * Width).Chunk(Width).SelectMany(line => line[4..9])]), IsRestricted: true), Display.Last);
    }

    [Fact]
    public void The_normal_world_reads_no_check_sum_of_a_frame_with_a_restricted_plane()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        _bench.Run(Frame(VideoPlane(PixelFormat.Nv12, _bench.Map(buffer, AccessRights.Read))));
        Assert.Equal(SipDevices.InvalidParameter, _bench.Sip(SipDevices.RegisterRead, _bench.Device, DisplayRegisters.Crc).Code);

        _bench.Run(Frame(Overlay(PixelFormat.Xrgb8888, 255)));

        Assert.Equal((SipDevices.Success, Display.Last.Crc), _bench.Sip(SipDevices.RegisterRead, _bench.Device, DisplayRegisters.Crc));
        Assert.Equal(2UL, _bench.Read(DisplayRegisters.Frames));
    }

    [Fact]
    public void What_was_produced_for_the_decoder_is_not_shown()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        BusAddress mapped = _bench.Map(buffer, AccessRights.Read);
        _bench.Tee.Os.Firewall.TryLabel(FirewallBench.SecureTa, 1, buffer, [FirewallBench.Decoder.Id]);

        Assert.Equal(DeviceResult.BusError, _bench.Run(Frame(VideoPlane(PixelFormat.Nv12, mapped))));

        Assert.Equal(0UL, _bench.Read(DisplayRegisters.Frames));
    }

    [Fact]
    public void Two_planes_of_one_buffer_are_shown_while_it_is_freed_and_not_after_it_is_unmapped()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        BusAddress mapped = _bench.Map(buffer, AccessRights.Read);
        DisplayDescriptor frame = Frame(VideoPlane(PixelFormat.Nv12, mapped), VideoPlane(PixelFormat.Nv12, mapped));

        _bench.Tee.Os.Restricted.Free(buffer.Cookie);
        Assert.Equal(DeviceResult.Done, _bench.Run(frame));
        _bench.Access.Unmap(mapped.Handle);

        Assert.Equal(DeviceResult.BusError, _bench.Run(frame));
    }

    [Theory]
    [InlineData("beyond the screen")]
    [InlineData("far beyond the screen")]
    [InlineData("no such format")]
    [InlineData("stride too short")]
    [InlineData("odd NV12")]
    [InlineData("alpha too large")]
    [InlineData("region beyond the screen")]
    [InlineData("no screen")]
    public void A_plane_that_does_not_fit_is_a_bad_descriptor(string how)
    {
        PlaneDescriptor plane = Overlay(PixelFormat.Xrgb8888, 255);
        DisplayDescriptor frame = Frame(how switch
        {
            "beyond the screen" => plane with { X = Width - 19 },
            "far beyond the screen" => plane with { X = uint.MaxValue },
            "no such format" => plane with { Image = plane.Image with { Format = 7 } },
            "stride too short" => plane with { Image = plane.Image with { Stride = 76 } },
            "odd NV12" => plane with { Image = plane.Image with { Format = (uint)PixelFormat.Nv12, Width = 19 } },
            "alpha too large" => plane with { Alpha = 256 },
            _ => plane,
        });
        if (how == "region beyond the screen")
            frame.RegionWidth = Width;
        if (how == "no screen")
            frame.Height = 0;

        Assert.Equal(DeviceResult.BadDescriptor, _bench.Run(frame));
    }

    [Fact]
    public void A_plane_that_reaches_beyond_its_mapping_is_a_bus_error()
    {
        RestrictedBuffer buffer = _bench.Allocate(4096);
        PlaneDescriptor plane = VideoPlane(PixelFormat.Nv12, _bench.Map(buffer, AccessRights.Read));

        Assert.Equal(DeviceResult.BusError, _bench.Run(Frame(plane with { Image = plane.Image with { Stride = 4096 } })));
        Assert.Equal(DeviceResult.BusError, _bench.Run(Frame(plane with { Image = plane.Image with { Lines = plane.Image.Lines.Plus(ulong.MaxValue) } })));
    }

    private PlaneDescriptor Overlay(PixelFormat format, uint alpha) => new()
    {
        Image = new ImageDescriptor { Format = (uint)format, Width = 20, Height = 4, Stride = 80, Lines = _bench.Normal(OverlayOffset) },
        X = 5,
        Y = 2,
        Alpha = alpha,
    };

    private static PlaneDescriptor VideoPlane(PixelFormat format, BusAddress at) => new()
    {
        Image = new ImageDescriptor
        {
            Format = (uint)format,
            Width = Width,
            Height = Height,
            Stride = format == PixelFormat.Nv12 ? Width : Width * 4U,
            ChromaStride = Width,
            Lines = at,
            Chroma = at.Plus(Width * Height),
        },
        Alpha = 255,
    };

    private static DisplayDescriptor Frame(params ReadOnlySpan<PlaneDescriptor> planes)
    {
        var frame = new DisplayDescriptor
        {
            Head = new DescriptorHead { Operation = 1 },
            Width = Width,
            Height = Height,
            RegionX = 4,
            RegionY = 3,
            RegionWidth = 5,
            RegionHeight = 2,
        };
        planes.CopyTo(frame.Planes);
        return frame;
    }

    private static uint[] Compose(PixelFormat video, byte[] videoBytes, PixelFormat overlay, byte[] overlayBytes, uint alpha)
    {
        uint[] screen = new uint[Width * Height];
        for (int i = 0; i < screen.Length; i++)
        {
            (int x, int y) = (i % Width, i / Width);
            screen[i] = video == PixelFormat.Nv12 ? Rgb(videoBytes, x, y) : MemoryMarshal.Cast<byte, uint>(videoBytes)[i];
            if (x is < 5 or >= 25 || y is < 2 or >= 6)
                continue;
            uint over = MemoryMarshal.Cast<byte, uint>(overlayBytes)[((y - 2) * 20) + x - 5];
            uint opacity = overlay == PixelFormat.Argb8888 ? Rounded(alpha * (over >> 24)) : alpha;
            if (overlay == PixelFormat.Xrgb8888 && alpha == 255)
                screen[i] = over;
            else
                screen[i] = 0xFF00_0000 | (Mix(over, screen[i], 16, opacity) << 16) | (Mix(over, screen[i], 8, opacity) << 8) | Mix(over, screen[i], 0, opacity);
        }

        return screen;
    }

    private static uint Mix(uint over, uint under, int shift, uint opacity) => Rounded((((over >> shift) & 255) * opacity) + (((under >> shift) & 255) * (255 - opacity)));

    private static uint Rounded(uint product) => (uint)Math.Round(product / 255.0, MidpointRounding.AwayFromZero);

    private static uint Rgb(byte[] nv12, int x, int y)
    {
        int chroma = (Width * Height) + (y / 2 * Width) + (x & ~1);
        int c = 298 * (nv12[(y * Width) + x] - 16), d = nv12[chroma] - 128, e = nv12[chroma + 1] - 128;
        static uint Clamp(int value) => (uint)Math.Clamp((value + 128) >> 8, 0, 255);
        return 0xFF00_0000 | (Clamp(c + (409 * e)) << 16) | (Clamp(c - (100 * d) - (208 * e)) << 8) | Clamp(c + (516 * d));
    }

    /// <summary>CRC-32C, bit by bit (RFC 3720, appendix B.4).</summary>
    private static uint Crc(uint[] pixels)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in MemoryMarshal.AsBytes(pixels.AsSpan()))
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1;
        }

        return ~crc;
    }
}
