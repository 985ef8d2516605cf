using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.Screens;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;
using SkiaSharp;

namespace RestrictedTee.Tests.Devices;

/// <summary>The screen as a file: what a person in front of the device would see, for whoever starts the secure world.</summary>
public sealed class ScreenTests : IDisposable
{
    private const int Width = 37; // no multiple of anything
    private const int Height = 9;

    private readonly string _folder = Directory.CreateTempSubdirectory("rtee-screen-").FullName;

    private string ScreenPath => Path.Combine(_folder, "screen.png");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_newest_frame_is_in_the_file_when_the_secure_world_has_ended_and_a_frame_that_fails_is_not()
    {
        uint[] pixels = [];
        using (var bench = new DeviceBench(BusMasterNames.DisplayController, screenFile: ScreenPath))
        {
            RestrictedBuffer buffer = bench.Allocate();
            BusAddress mapped = bench.Map(buffer, AccessRights.Read);
            for (int i = 1; i <= 5; i++)
            {
                pixels = Pixels(seed: i);
                bench.Fill(buffer, MemoryMarshal.AsBytes(pixels.AsSpan()));
                Assert.Equal(DeviceResult.Done, bench.Run(Frame(mapped)));
            }

            DisplayDescriptor half = Frame(mapped);
            half.Planes[1] = half.Planes[0] with { Image = half.Planes[0].Image with { Height = 1, Lines = mapped.Plus(1 << 20) }, Y = Height - 1 };
            Assert.Equal(DeviceResult.BusError, bench.Run(half));
        }

        Assert.Equal(pixels.Select(pixel => pixel | 0xFF00_0000), Shown());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ScreenPath));
        Assert.Equal(["screen.png"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_frame_of_another_size_is_written_as_well()
    {
        using (var bench = new DeviceBench(BusMasterNames.DisplayController, screenFile: ScreenPath))
        {
            bench.Run(Frame(bench.Normal(0x1000)));
            bench.Run(Frame(bench.Normal(0x1000)) with { Width = Width + 5, Height = Height + 3 });
        }

        using SKBitmap picture = SKBitmap.Decode(ScreenPath);
        Assert.Equal((Width + 5, Height + 3, 0xFF00_0000u), (picture.Width, picture.Height, (uint)picture.GetPixel(Width + 4, Height + 2)));
    }

    [Fact]
    public void Two_that_write_the_same_file_at_once_leave_a_whole_picture()
    {
        ScreenFile first = ScreenFile.Open(ScreenPath), second = ScreenFile.Open(ScreenPath);

        first.Replace(to =>
        {
            RandomAccess.Write(to, "who"u8, 0);
            second.Replace(other => RandomAccess.Write(other, "one"u8, 0));
            Assert.Equal("one", File.ReadAllText(ScreenPath));
            RandomAccess.Write(to, "le"u8, 3);
        });

        Assert.Equal("whole", File.ReadAllText(ScreenPath));
        Assert.Equal(["screen.png"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void What_one_that_was_killed_has_left_beside_the_file_goes_and_nothing_else_does()
    {
        string dead = Path.Combine(_folder, $".screen.png.{int.MaxValue}-1.part"), living = Path.Combine(_folder, $".screen.png.{Environment.ProcessId}-77.part"), other = Path.Combine(_folder, ".screen.png.old.part");
        foreach (string left in new[] { dead, living, other })
            File.WriteAllText(left, "half");

        ScreenFile.Open(ScreenPath);

        Assert.Equal([living, other], Directory.EnumerateFileSystemEntries(_folder).Order());
    }

    [Fact]
    public void A_display_whose_screen_nobody_asked_for_writes_nothing()
    {
        using var bench = new DeviceBench(BusMasterNames.DisplayController);

        Assert.Equal(DeviceResult.Done, bench.Run(Frame(bench.Normal(0x1000))));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_file_that_cannot_be_written_any_more_costs_pictures_and_no_frame()
    {
        using (var bench = new DeviceBench(BusMasterNames.DisplayController, screenFile: ScreenPath))
        {
            Directory.CreateDirectory(ScreenPath); // in the way
            Assert.Equal(DeviceResult.Done, bench.Run(Frame(bench.Normal(0x1000))));
        }

        Assert.True(Directory.Exists(ScreenPath));
        Assert.Equal(["screen.png"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("no-such-folder/screen.png", "No such")]
    [InlineData("folder", "is no file")]
    [InlineData("link", "is no file")]
    public void A_file_that_cannot_be_written_is_refused_at_the_start(string name, string reason)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "folder"));
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "/dev/null");

        IOException refused = Assert.Throws<IOException>(() => ScreenFile.Open(Path.Combine(_folder, name)));

        Assert.Contains(Path.Combine(_folder, name), refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Message.Contains(reason, StringComparison.Ordinal) || refused.Message.Contains("Could not find", StringComparison.Ordinal), refused.Message);
    }

    [Fact]
    public void A_screen_is_refused_on_a_board_without_a_display()
    {
        BoardFile blind = InProcessTee.SmallBoard with { BusMasters = [.. InProcessTee.SmallBoard.BusMasters.Where(row => row.Name != BusMasterNames.DisplayController)] };

        Assert.Contains(BusMasterNames.DisplayController, Assert.Throws<InvalidDataException>(() => new InProcessTee(board: blind, screenFile: ScreenPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_is_wiped_when_it_is_written_or_dropped()
    {
        using var screen = new Screen(ScreenFile.Open(ScreenPath), SecretMemoryChoice.Off);
        ScreenFrame shown = screen.Begin(Width, 1)!, dropped = screen.Begin(Width, 1)!;
        shown.Take(0, Pixels(seed: 1).AsSpan(0, Width));
        dropped.Take(0, Pixels(seed: 2).AsSpan(0, Width));

        screen.Show(shown);
        screen.Drop(dropped);

        Assert.True(screen.Finish());
        Assert.All([shown, dropped], frame => Assert.All(Enumerable.Range(0, Width), x => Assert.Equal(0, Marshal.ReadInt32(frame.Address, x * sizeof(uint)))));
        ScreenFrame next = screen.Begin(Width, 1)!;
        Assert.True(next == shown || next == dropped);
        screen.Drop(next);
    }

    private IEnumerable<uint> Shown()
    {
        using SKBitmap picture = SKBitmap.Decode(ScreenPath);
        Assert.Equal((Width, Height), (picture.Width, picture.Height));
        return picture.Pixels.Select(pixel => (uint)pixel);
    }

    private static uint[] Pixels(int seed)
    {
        uint[] pixels = new uint[Width * Height];
        new Random(seed).NextBytes(MemoryMarshal.AsBytes(pixels.AsSpan()));
        return pixels;
    }

    private static DisplayDescriptor Frame(BusAddress at)
    {
        var frame = new DisplayDescriptor { Head = new DescriptorHead { Operation = 1 }, Width = Width, Height = Height };
        frame.Planes[0] = new PlaneDescriptor
        {
            Image = new ImageDescriptor { Format = (uint)PixelFormat.Xrgb8888, Width = Width, Height = Height, Stride = Width * sizeof(uint), Lines = at },
            Alpha = 255,
        };
        return frame;
    }
}
