using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.Screens;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>What was scanned out.</summary>
/// <param name="Crc">CRC-32C of all pixels, line by line.</param>
/// <param name="RegionCrc">That of the region of interest; 0 when there was none.</param>
/// <param name="IsRestricted">Whether a plane of it was restricted.</param>
internal readonly record struct ScannedFrame(uint Crc, uint RegionCrc, bool IsRestricted);

/// <summary>
/// Composes planes, restricted and normal ones, and scans the result out line by line: no more than a line of it is ever kept, in secure RAM.
/// </summary>
/// <remarks>
/// What it tells by registers: how many frames, and a check sum of one that had no restricted plane. Those of other frames, and of
/// regions, are the secure world's to know: trusted applications with the secure-data-path property read them by a pseudo TA. Where the
/// launcher has the screen written to a file, that is done by a thread apart, so that no job takes longer for what it shows.
/// </remarks>
internal sealed class DisplayController(DeviceParts parts) : DeviceModel(parts)
{
    private const uint ScanOut = 1;

    private ulong _frames; // this and the next change between reads of the registers
    private ScannedFrame _last;

    private readonly Screen? _screenFile = parts.Screen;

    /// <summary>What was scanned out last.</summary>
    internal ScannedFrame Last => Scanned.Last;

    /// <summary>How many frames were, and the last of them.</summary>
    internal (ulong Frames, ScannedFrame Last) Scanned
    {
        get
        {
            (ulong Frames, ScannedFrame Last) scanned = default;
            Update(() => scanned = (_frames, _last));
            return scanned;
        }
    }

    protected override int DescriptorSize => DisplayDescriptor.Size;

    protected override ulong? ReadOwn(ulong offset) => offset switch
    {
        DisplayRegisters.Frames => _frames,
        DisplayRegisters.Crc when !_last.IsRestricted => _last.Crc,
        _ => null,
    };

    protected override DeviceResult Run(ReadOnlySpan<byte> descriptor)
    {
        var frame = MemoryMarshal.Read<DisplayDescriptor>(descriptor);
        if (!IsWellFormed(frame))
            return DeviceResult.BadDescriptor;
        ScreenFrame? picture = _screenFile?.Begin((int)frame.Width, (int)frame.Height);
        DeviceResult result = DeviceResult.DeviceError;
        try
        {
            result = Scan(frame, picture);
        }
        finally
        {
            if (picture is not null && result == DeviceResult.Done)
                _screenFile!.Show(picture);
            else if (picture is not null)
                _screenFile!.Drop(picture);
        }

        return result;
    }

    private DeviceResult Scan(in DisplayDescriptor frame, ScreenFrame? picture)
    {
        int lineBytes = (int)frame.Width * sizeof(uint);
        using SecureBlock? screen = Ram.Allocate(lineBytes), converted = Ram.Allocate(lineBytes);
        if (screen is null || converted is null)
            return DeviceResult.DeviceError;
        (uint crc, uint regionCrc) = (PixelSum.Start, PixelSum.Start);
        for (uint y = 0; y < frame.Height; y++)
        {
            Span<uint> line = MemoryMarshal.Cast<byte, uint>(screen.Span);
            if (!TryCompose(frame, y, line, converted.Span))
                return DeviceResult.BusError;
            picture?.Take((int)y, line);
            crc = PixelSum.Add(crc, line);
            if (y >= frame.RegionY && y - frame.RegionY < frame.RegionHeight)
                regionCrc = PixelSum.Add(regionCrc, line.Slice((int)frame.RegionX, (int)frame.RegionWidth));
        }

        var scanned = new ScannedFrame(~crc, frame.RegionHeight == 0 ? 0 : ~regionCrc, HasRestrictedPlane(frame) || Port.HasOpenedRestricted);
        Update(() => (_last, _frames) = (scanned, _frames + 1));
        return DeviceResult.Done;
    }

    private bool TryCompose(in DisplayDescriptor frame, uint y, Span<uint> line, Span<byte> converted)
    {
        line.Fill(0xFF00_0000);
        foreach (ref readonly PlaneDescriptor plane in frame.Planes)
        {
            if (plane.Image.Height != 0 && y >= plane.Y && y - plane.Y < plane.Image.Height && !TryCompose(plane, y - plane.Y, line, converted))
                return false;
        }

        return true;
    }

    private bool HasRestrictedPlane(in DisplayDescriptor frame)
    {
        foreach (ref readonly PlaneDescriptor plane in frame.Planes)
        {
            if (plane.Image.Height != 0 && (Port.IsRestricted(plane.Image.Lines) || Port.IsRestricted(plane.Image.Chroma)))
                return true;
        }

        return false;
    }

    private static bool IsWellFormed(in DisplayDescriptor frame)
    {
        if (frame.Head.Operation != ScanOut || frame.Width is 0 or > DisplayDescriptor.MaxEdge || frame.Height is 0 or > DisplayDescriptor.MaxEdge)
            return false;
        if (!Fits(frame.RegionX, frame.RegionWidth, frame.Width) || !Fits(frame.RegionY, frame.RegionHeight, frame.Height))
            return false;
        foreach (ref readonly PlaneDescriptor plane in frame.Planes)
        {
            if (plane.Image.Height == 0)
                continue;
            if (!ImageLayout.IsWellFormed(plane.Image) || plane.Alpha > byte.MaxValue || plane.Reserved != 0)
                return false;
            if (!Fits(plane.X, plane.Image.Width, frame.Width) || !Fits(plane.Y, plane.Image.Height, frame.Height))
                return false;
        }

        return true;
    }

    private static bool Fits(uint start, uint length, uint edge) => start <= edge && length <= edge - start;

    private bool TryCompose(in PlaneDescriptor plane, uint y, Span<uint> screen, Span<byte> converted)
    {
        ref readonly ImageDescriptor image = ref plane.Image;
        Span<uint> under = screen.Slice((int)plane.X, (int)image.Width);
        if (!Port.TryOpen(ImageLayout.Line(image, y), ImageLayout.LineBytes(image), AccessRights.Read, out BusWindow line))
            return false;
        using (line)
        {
            if ((PixelFormat)image.Format != PixelFormat.Nv12)
            {
                PixelLines.Blend(MemoryMarshal.Cast<byte, uint>(line.Bytes), (byte)plane.Alpha, (PixelFormat)image.Format == PixelFormat.Argb8888, under);
                return true;
            }

            if (!Port.TryOpen(ImageLayout.ChromaLine(image, y), (int)image.Width, AccessRights.Read, out BusWindow chroma))
                return false;
            using (chroma)
            {
                Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(converted)[..(int)image.Width];
                PixelLines.FromNv12(line.Bytes, chroma.Bytes, pixels);
                PixelLines.Blend(pixels, (byte)plane.Alpha, hasAlpha: false, under);
            }
        }

        return true;
    }
}
