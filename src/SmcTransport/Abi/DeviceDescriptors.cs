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
