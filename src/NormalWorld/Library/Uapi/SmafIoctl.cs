using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace RestrictedTee.NormalWorld.Uapi;

/// <summary>
/// The ioctls of /dev/smaf, the central allocator (include/uapi/linux/smaf.h of the patches of 2016). Each structure begins with a
/// version, which is 0, and has reserved members, which are 0 too.
/// </summary>
public static class SmafIoctl
{
    private const uint Magic = 'S';
    private const uint ReadWrite = 3;

    /// <summary>SMAF_IOC_CREATE.</summary>
    public static readonly uint Create = Request(0, Unsafe.SizeOf<SmafCreateData>());

    /// <summary>SMAF_IOC_GET_SECURE_FLAG.</summary>
    public static readonly uint GetSecureFlag = Request(1, Unsafe.SizeOf<SmafSecureFlag>());

    /// <summary>SMAF_IOC_SET_SECURE_FLAG.</summary>
    public static readonly uint SetSecureFlag = Request(2, Unsafe.SizeOf<SmafSecureFlag>());

    /// <summary>SMAF_IOC_GET_INFO.</summary>
    public static readonly uint GetInfo = Request(3, Unsafe.SizeOf<SmafInfo>());

    /// <summary>SMAF_RDWR | SMAF_CLOEXEC.</summary>
    public const uint ValidFlags = 0x80000 | 2;

    private static uint Request(uint number, int size) => (ReadWrite << 30) | ((uint)size << 16) | (Magic << 8) | number;
}

/// <summary>struct smaf_create_data.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SmafCreateData
{
    /// <summary>In: 0.</summary>
    public ulong Version;

    /// <summary>In: bytes.</summary>
    public ulong Length;

    /// <summary>In: SMAF_RDWR, SMAF_CLOEXEC.</summary>
    public uint Flags;

    /// <summary>In: 0.</summary>
    public uint Reserved1;

    /// <summary>Out: descriptor.</summary>
    public int Fd;

    /// <summary>In: 0.</summary>
    public uint Reserved2;

    /// <summary>In: the allocator; empty for whichever matches.</summary>
    public SmafName Name;

    /// <summary>In: 0.</summary>
    public Padding32 Reserved3;
}

/// <summary>struct smaf_secure_flag.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SmafSecureFlag
{
    /// <summary>In: 0.</summary>
    public ulong Version;

    /// <summary>In: descriptor.</summary>
    public int Fd;

    /// <summary>In: 0.</summary>
    public uint Reserved1;

    /// <summary>In or out: 0 or 1.</summary>
    public uint Secure;

    /// <summary>In: 0.</summary>
    public Padding44 Reserved2;
}

/// <summary>struct smaf_info.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SmafInfo
{
    /// <summary>In: 0.</summary>
    public ulong Version;

    /// <summary>In: which allocator, from 0, the preferred first.</summary>
    public uint Index;

    /// <summary>In: 0.</summary>
    public uint Reserved1;

    /// <summary>Out: how many there are.</summary>
    public uint Count;

    /// <summary>In: 0.</summary>
    public uint Reserved2;

    /// <summary>Out: its name.</summary>
    public SmafName Name;

    /// <summary>In: 0.</summary>
    public Padding40 Reserved3;
}

/// <summary>A name of MAX_NAME_LENGTH octets, which ends with the first that is 0.</summary>
[InlineArray(Length)]
public struct SmafName
{
    /// <summary>MAX_NAME_LENGTH.</summary>
    public const int Length = 64;

    private byte _first;

    /// <summary>From a text, which is cut off where it does not fit.</summary>
    public static SmafName From(string text)
    {
        SmafName name = default;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, Length - 1)).CopyTo(name);
        return name;
    }

    /// <summary>The text.</summary>
    public override readonly string ToString()
    {
        ReadOnlySpan<byte> bytes = this;
        int end = bytes[..(Length - 1)].IndexOf((byte)0); // the last octet is not looked at: smaf_ioctl sets it to 0
        return Encoding.UTF8.GetString(bytes[..(end < 0 ? Length - 1 : end)]);
    }
}

/// <summary>Reserved octets.</summary>
[InlineArray(32)]
public struct Padding32
{
    private byte _first;
}

/// <summary>Reserved octets.</summary>
[InlineArray(40)]
public struct Padding40
{
    private byte _first;
}

/// <summary>Reserved octets.</summary>
[InlineArray(44)]
public struct Padding44
{
    private byte _first;
}
