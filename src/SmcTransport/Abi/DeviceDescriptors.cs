using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Abi;

/// <summary>Where a device finds bytes: by a mapping's handle and an offset into it, or, with handle 0, by a physical address.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BusAddress
{
    /// <summary>The handle that mapping a buffer for this device gave; 0 for physical memory.</summary>
    public ulong Handle;

    /// <summary>Bytes into the mapping, or the physical address.</summary>
    public ulong Offset;

    /// <summary>Normal RAM, by its physical address.</summary>
    public static BusAddress Physical(ulong address) => new() { Offset = address };

    /// <summary>A place in a mapping.</summary>
    public static BusAddress Mapped(ulong handle, ulong offset = 0) => new() { Handle = handle, Offset = offset };

    /// <summary>The address some bytes on; at the end of the address space it stays there, where nothing is.</summary>
    public readonly BusAddress Plus(ulong bytes) => this with { Offset = bytes > ulong.MaxValue - Offset ? ulong.MaxValue : Offset + bytes };
}

/// <summary>What every descriptor begins with.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DescriptorHead
{
    /// <summary>Bytes.</summary>
    public const int Size = 16;

    /// <summary>Where the status lies, which the device writes when it has done with the descriptor.</summary>
    public const int StatusOffset = 4;

    /// <summary>What to do.</summary>
    public uint Operation;

    /// <summary>A <see cref="DeviceResult"/>, by the device.</summary>
    public uint Status;

    /// <summary>The physical address of the next descriptor of the job; 0 for none.</summary>
    public ulong Next;
}

/// <summary>What the crypto engine does.</summary>
public enum CryptoOperation : uint
{
    /// <summary>Copies.</summary>
    Copy = 1,

    /// <summary>AES in counter mode with a 128-bit big-endian counter (NIST SP 800-38A section 6.5); both directions are one.</summary>
    AesCtr = 2,

    /// <summary>AES-CBC, encrypting whole blocks (NIST SP 800-38A section 6.2).</summary>
    AesCbcEncrypt = 3,

    /// <summary>AES-CBC, decrypting whole blocks.</summary>
    AesCbcDecrypt = 4,
}

/// <summary>
/// A descriptor of the crypto engine. Where source or key are restricted the destination must be, and it is labelled: the engine produces
/// it, the consumers named here consume it, which the source's label must let at the source too. Nothing that is restricted comes into normal RAM.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct CryptoDescriptor
{
    /// <summary>Bytes.</summary>
    public const int Size = 104;

    /// <summary>Operation, status, next.</summary>
    public DescriptorHead Head;

    /// <summary>Where the key lies.</summary>
    public BusAddress Key;

    /// <summary>Bytes of the key: 16, 24 or 32; 0 for a copy.</summary>
    public uint KeyLength;

    /// <summary>Zero.</summary>
    public uint Reserved;

    /// <summary>The initial counter, or the initialisation vector: its first eight bytes.</summary>
    public ulong IvFirst;

    /// <summary>The other eight.</summary>
    public ulong IvSecond;

    /// <summary>What is transformed.</summary>
    public BusAddress Source;

    /// <summary>Where to; the same as the source, or apart from it.</summary>
    public BusAddress Destination;

    /// <summary>Bytes.</summary>
    public ulong Length;

    /// <summary>Who may consume a restricted destination: a bit for each row of the board's bus masters, counted from 0.</summary>
    public ulong Consumers;
}

/// <summary>How pixels lie in memory (drm_fourcc.h).</summary>
public enum PixelFormat : uint
{
    /// <summary>DRM_FORMAT_XRGB8888: 32 bits little-endian, the uppermost eight without meaning.</summary>
    Xrgb8888 = 0x3432_5258,

    /// <summary>DRM_FORMAT_ARGB8888: as that, the uppermost eight being alpha; colours are not multiplied by it.</summary>
    Argb8888 = 0x3432_5241,

    /// <summary>DRM_FORMAT_NV12: a plane of luma, and one of blue and red chroma for each two by two pixels; BT.601, limited range.</summary>
    Nv12 = 0x3231_564e,
}

/// <summary>Where an image lies.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ImageDescriptor
{
    /// <summary>Bytes.</summary>
    public const int Size = 56;

    /// <summary>A <see cref="PixelFormat"/>.</summary>
    public uint Format;

    /// <summary>Pixels of a line; even for NV12.</summary>
    public uint Width;

    /// <summary>Lines; even for NV12.</summary>
    public uint Height;

    /// <summary>Bytes from one line to the next.</summary>
    public uint Stride;

    /// <summary>Of NV12, bytes from one line of chroma to the next.</summary>
    public uint ChromaStride;

    /// <summary>Zero.</summary>
    public uint Reserved;

    /// <summary>The first line.</summary>
    public BusAddress Lines;

    /// <summary>Of NV12, the first line of chroma.</summary>
    public BusAddress Chroma;
}

/// <summary>A plane of the display: an image, where it is shown, and how opaque it is.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlaneDescriptor
{
    /// <summary>Bytes.</summary>
    public const int Size = 72;

    /// <summary>The image; an image of no lines is no plane.</summary>
    public ImageDescriptor Image;

    /// <summary>Where its left edge is on the screen; it lies inside of it.</summary>
    public uint X;

    /// <summary>Where its upper edge is.</summary>
    public uint Y;

    /// <summary>From 0, which shows nothing, to 255.</summary>
    public uint Alpha;

    /// <summary>Zero.</summary>
    public uint Reserved;
}

/// <summary>Four planes, the first one behind.</summary>
[System.Runtime.CompilerServices.InlineArray(Count)]
public struct DisplayPlanes
{
    /// <summary>How many.</summary>
    public const int Count = 4;

    private PlaneDescriptor _first;
}

/// <summary>A descriptor of the display controller: one frame to scan out. Behind all planes it is black.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DisplayDescriptor
{
    /// <summary>Bytes.</summary>
    public const int Size = 328;

    /// <summary>The largest width and height of a screen.</summary>
    public const uint MaxEdge = 4096;

    /// <summary>Operation 1 scans out; status, next.</summary>
    public DescriptorHead Head;

    /// <summary>Pixels of a line of the screen.</summary>
    public uint Width;

    /// <summary>Lines of the screen.</summary>
    public uint Height;

    /// <summary>A region of interest, of which the secure world keeps a check sum of its own: its left edge.</summary>
    public uint RegionX;

    /// <summary>Its upper edge.</summary>
    public uint RegionY;

    /// <summary>Its width; 0 for none.</summary>
    public uint RegionWidth;

    /// <summary>Its height.</summary>
    public uint RegionHeight;

    /// <summary>The planes.</summary>
    public DisplayPlanes Planes;
}

/// <summary>The display controller's own registers.</summary>
public static class DisplayRegisters
{
    /// <summary>Read: frames that were scanned out.</summary>
    public const ulong Frames = DeviceRegisters.Own;

    /// <summary>
    /// Read: CRC-32C of the frame that was scanned out last. Not there when a plane of it was restricted: who chooses what covers the
    /// rest could read a pixel by it.
    /// </summary>
    public const ulong Crc = DeviceRegisters.Own + 8;
}

/// <summary>A descriptor of the camera: one frame to write.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CameraDescriptor
{
    /// <summary>Bytes.</summary>
    public const int Size = 88;

    /// <summary>Operation 1 captures; status, next.</summary>
    public DescriptorHead Head;

    /// <summary>Where to: NV12.</summary>
    public ImageDescriptor Image;

    /// <summary>Which frame of the test pattern.</summary>
    public ulong Frame;

    /// <summary>Who may consume a restricted image: a bit for each row of the board's bus masters, counted from 0.</summary>
    public ulong Consumers;
}

/// <summary>The touch controller's own registers.</summary>
public static class TouchRegisters
{
    /// <summary>Read: 1 while a trusted application has the device; the others but <see cref="Finger"/> then tell nothing.</summary>
    public const ulong IsSecure = DeviceRegisters.Own;

    /// <summary>Read: events that wait.</summary>
    public const ulong Count = DeviceRegisters.Own + 8;

    /// <summary>Read: takes the oldest event, as <see cref="Pack"/> makes it. Not there when none waits.</summary>
    public const ulong Event = DeviceRegisters.Own + 16;

    /// <summary>Write: the finger of the person in front of the device, which an emulation has to be told, as <see cref="Pack"/> makes it.</summary>
    public const ulong Finger = DeviceRegisters.Own + 24;

    /// <summary>An event as a register: x in bits 15:0, y in bits 31:16, bit 32 whether the finger is down.</summary>
    public static ulong Pack(ushort x, ushort y, bool isDown) => x | ((ulong)y << 16) | (isDown ? 1UL << 32 : 0);
}
