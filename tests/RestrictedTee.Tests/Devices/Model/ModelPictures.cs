using System.Runtime.InteropServices;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.Tests.Devices.Model;

/// <summary>What the camera writes, and what the display shows.</summary>
internal sealed class ModelPictures(SecureModel model, int camera, int display, ulong normalBase)
{
    /// <summary>Whether the last frame that was shown had restricted content.</summary>
    internal bool ShowsRestricted { get; private set; }

    /// <summary>CRC-32C of it.</summary>
    internal uint Crc { get; private set; }

    internal DeviceResult Capture(CameraDescriptor job)
    {
        if (model.Consumers(job.Consumers) is not { } consumers)
            return DeviceResult.BadDescriptor;
        if (!model.TryFind(camera, job.Image.Lines, SecureModel.Write, out ModelBuffer? lines) || !model.TryFind(camera, job.Image.Chroma, SecureModel.Write, out ModelBuffer? chroma))
            return DeviceResult.BusError;
        var label = new ModelLabel(new Party(camera), 0, IsDevices: true, IsContent: false, consumers);
        if (lines?.TryLabel(label) == false || chroma?.TryLabel(label) == false)
            return DeviceResult.BusError;
        return Write(job);
    }

    internal DeviceResult Show(DisplayDescriptor frame)
    {
        uint[] screen = new uint[frame.Width * frame.Height];
        bool isRestricted = false;
        for (int y = 0; y < frame.Height; y++)
        {
            Span<uint> line = screen.AsSpan(y * (int)frame.Width, (int)frame.Width);
            line.Fill(0xFF00_0000);
            foreach (ref readonly PlaneDescriptor plane in frame.Planes)
            {
                if (y < plane.Y || y - plane.Y >= plane.Image.Height)
                    continue;
                BusAddress at = plane.Image.Lines.Plus((ulong)(y - plane.Y) * plane.Image.Stride);
                Span<byte> from = model.Open(display, at, (int)plane.Image.Width * 4, SecureModel.Read, normalBase);
                if (from.IsEmpty)
                    return DeviceResult.BusError;
                MemoryMarshal.Cast<byte, uint>(from).CopyTo(line[(int)plane.X..]); // XRGB, opaque
                isRestricted |= at.Handle != 0;
            }
        }

        (ShowsRestricted, Crc) = (isRestricted, Crc32C(MemoryMarshal.AsBytes(screen.AsSpan())));
        return DeviceResult.Done;
    }

    private DeviceResult Write(CameraDescriptor job)
    {
        (byte blue, byte red) = ((byte)(64 + (job.Frame % 128)), (byte)(192 - (job.Frame % 128)));
        for (int y = 0; y < job.Image.Height; y++)
        {
            Span<byte> luma = model.Open(camera, job.Image.Lines.Plus((ulong)y * job.Image.Stride), (int)job.Image.Width, SecureModel.Write, normalBase);
            if (luma.IsEmpty)
                return Discard(job, y, chromaToo: false);
            for (int x = 0; x < luma.Length; x++)
                luma[x] = (byte)(16 + (((int)(job.Frame % 220) + x + (y / 8)) / 4 * 4 % 220));
            if (y % 2 != 0)
                continue;
            Span<byte> chroma = model.Open(camera, job.Image.Chroma.Plus((ulong)(y / 2) * job.Image.ChromaStride), (int)job.Image.Width, SecureModel.Write, normalBase);
            if (chroma.IsEmpty)
                return Discard(job, y, chromaToo: true);
            for (int x = 0; x < chroma.Length; x++)
                chroma[x] = x % 2 == 0 ? blue : red;
        }

        return DeviceResult.Done;
    }

    /// <summary>The lines of restricted memory that were written before line y are zero, and that one's luma when its chroma was refused.</summary>
    private DeviceResult Discard(CameraDescriptor job, int y, bool chromaToo)
    {
        for (int line = 0; line < (chromaToo ? y + 1 : y) && job.Image.Lines.Handle != 0; line++)
            model.Open(camera, job.Image.Lines.Plus((ulong)line * job.Image.Stride), (int)job.Image.Width, SecureModel.Write, normalBase).Clear();
        for (int line = 0; line < (y + 1) / 2 && job.Image.Chroma.Handle != 0; line++)
            model.Open(camera, job.Image.Chroma.Plus((ulong)line * job.Image.ChromaStride), (int)job.Image.Width, SecureModel.Write, normalBase).Clear();
        return DeviceResult.BusError;
    }

    /// <summary>CRC-32C, bit by bit (RFC 3720, appendix B.4).</summary>
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1;
        }

        return ~crc;
    }
}
