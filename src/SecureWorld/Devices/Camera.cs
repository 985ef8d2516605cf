using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Devices;

/// <summary>Writes test frames: bars of grey that move by a pixel a frame, over chroma that names the frame.</summary>
/// <remarks>What it tells: how a job ended.</remarks>
internal sealed class Camera(DeviceParts parts) : DeviceModel(parts)
{
    private const uint Capture = 1;

    protected override int DescriptorSize => CameraDescriptor.Size;

    /// <summary>The luma of a pixel of the test pattern, within the limited range.</summary>
    internal static byte Luma(ulong frame, int x, int y) => (byte)(16 + ((((frame % 220) + (ulong)x + ((ulong)y / 8)) / 4 * 4) % 220));

    /// <summary>The chroma of all its pixels.</summary>
    internal static (byte Blue, byte Red) Chroma(ulong frame) => ((byte)(64 + (frame % 128)), (byte)(192 - (frame % 128)));

    protected override DeviceResult Run(ReadOnlySpan<byte> descriptor)
    {
        var job = MemoryMarshal.Read<CameraDescriptor>(descriptor);
        if (job.Head.Operation != Capture || (PixelFormat)job.Image.Format != PixelFormat.Nv12 || !ImageLayout.IsWellFormed(job.Image))
            return DeviceResult.BadDescriptor;
        if (Port.Masters(job.Consumers) is not { } consumers)
            return DeviceResult.BadDescriptor;
        GuardedMemory? lines = null, chroma = null;
        try
        {
            if (!Port.TryFind(job.Image.Lines, AccessRights.Write, out lines) || !Port.TryFind(job.Image.Chroma, AccessRights.Write, out chroma))
                return DeviceResult.BusError;
            DeviceResult labelled = Label(lines, consumers);
            if (labelled == DeviceResult.Done)
                labelled = Label(chroma, consumers);
            return labelled == DeviceResult.Done ? Write(job, lines, chroma) : labelled;
        }
        finally
        {
            lines?.Release();
            chroma?.Release();
        }
    }

    private DeviceResult Write(in CameraDescriptor job, GuardedMemory? lines, GuardedMemory? chromaLines)
    {
        (byte blue, byte red) = Chroma(job.Frame);
        for (uint y = 0; y < job.Image.Height; y++)
        {
            if (!Port.TryOpen(ImageLayout.Line(job.Image, y), (int)job.Image.Width, AccessRights.Write, lines, out BusWindow line))
                return DeviceResult.BusError;
            using (line)
            {
                Span<byte> luma = line.Bytes;
                for (int x = 0; x < luma.Length; x++)
                    luma[x] = Luma(job.Frame, x, (int)y);
            }

            if (y % 2 != 0)
                continue;
            if (!Port.TryOpen(ImageLayout.ChromaLine(job.Image, y), (int)job.Image.Width, AccessRights.Write, chromaLines, out BusWindow chroma))
                return DeviceResult.BusError;
            using (chroma)
                MemoryMarshal.Cast<byte, ushort>(chroma.Bytes).Fill((ushort)(blue | (red << 8)));
        }

        return DeviceResult.Done;
    }
}
