using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Devices;

/// <summary>The sums of what was scanned out are for trusted applications of the secure data path.</summary>
public sealed class ScanoutTests : IDisposable
{
    private static readonly Guid Secure = new("5f1c9a27-6d83-4b0e-b7f4-1a2c8e90d3b1");
    private static readonly Guid Plain = new("5f1c9a27-6d83-4b0e-b7f4-1a2c8e90d3b2");

    private readonly DeviceBench _bench = new(BusMasterNames.DisplayController);
    private readonly TeeContext _context;

    public ScanoutTests() => _context = _bench.Tee.OpenContext();

    public void Dispose()
    {
        _context.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void A_ta_of_the_secure_data_path_reads_the_sums_of_a_frame_with_a_restricted_plane()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        _bench.Fill(buffer, [.. Enumerable.Range(0, 4096).Select(i => (byte)(i % 251))]);
        var frame = new DisplayDescriptor { Head = new DescriptorHead { Operation = 1 }, Width = 32, Height = 32, RegionX = 3, RegionY = 4, RegionWidth = 5, RegionHeight = 6 };
        frame.Planes[0] = new PlaneDescriptor
        {
            Image = new ImageDescriptor { Format = (uint)PixelFormat.Xrgb8888, Width = 32, Height = 32, Stride = 128, Lines = _bench.Map(buffer, AccessRights.Read) },
            Alpha = 255,
        };
        _bench.Run(frame);

        (TeecResult result, ulong frames, ScannedFrame last) = Read(Secure);

        DisplayController display = _bench.Tee.Os.Devices.Devices.OfType<DisplayController>().Single();
        Assert.Equal((TeecResult.Success, 1UL, display.Last), (result, frames, last));
        Assert.True(last is { IsRestricted: true, Crc: not 0, RegionCrc: not 0 });
    }

    [Fact]
    public void A_ta_without_the_property_and_a_client_of_the_normal_world_are_denied()
    {
        Assert.Equal(TeecResult.AccessDenied, Read(Plain).Result);
        Assert.Equal(TeecResult.AccessDenied, _context.TryOpenSession(ScanoutPta.Uuid, TeecLogin.Public, 0, null, out _, out _));
    }

    private (TeecResult Result, ulong Frames, ScannedFrame Last) Read(Guid ta)
    {
        using TeeSession session = _context.OpenSession(ta);
        var operation = new Operation(Parameter.ValueOutput(), Parameter.ValueOutput(), Parameter.ValueOutput());
        TeecResult result = session.TryInvoke(0, operation, out _);
        return (result, ((ulong)operation[0].A << 32) | operation[0].B, new ScannedFrame(operation[1].A, operation[1].B, operation[2].A != 0));
    }
}
