using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>What stat(2) and statx(2) tell of a name: a character device that everybody may open, as a distribution's udev rules have it, or a file of debugfs or sysfs.</summary>
internal static class DeviceNodeStatus
{
    private const ushort CharacterDevice = 0x2000 | 0x1B6; // S_IFCHR | 0666
    private const ushort Folder = 0x4000 | 0x1ED; // S_IFDIR | 0755
    private const ushort OrdinaryFile = 0x8000; // S_IFREG
    private const uint Major = 240; // of the range for local use, from which Linux takes a TEE's number too
    private const uint SupplicantMinor = 16; // TEE_NUM_DEVICES / 2 (tee_core.c)
    private const uint HeapMajor = 241;
    private const uint BasicStats = 0x7FF; // STATX_BASIC_STATS
    private const ulong BlockSize = 4096;

    /// <summary>Writes a struct stat of this architecture.</summary>
    internal static void WriteStat(UserMemory memory, ulong address, DeviceNode node)
    {
        Span<byte> stat = stackalloc byte[144];
        stat.Clear();
        (uint major, uint minor) = NumberOf(node);
        ulong device = (major << 8) | minor; // new_encode_dev, for numbers as small as these
        if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
        {
            stat = stat[..128]; // asm-generic/stat.h
            BinaryPrimitives.WriteUInt32LittleEndian(stat[16..], ModeOf(node));
            BinaryPrimitives.WriteUInt32LittleEndian(stat[20..], 1);
            BinaryPrimitives.WriteUInt64LittleEndian(stat[32..], device);
            BinaryPrimitives.WriteUInt32LittleEndian(stat[56..], (uint)BlockSize);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(stat[16..], 1); // asm/stat.h: st_nlink, st_mode, st_rdev, st_blksize
            BinaryPrimitives.WriteUInt32LittleEndian(stat[24..], ModeOf(node));
            BinaryPrimitives.WriteUInt64LittleEndian(stat[40..], device);
            BinaryPrimitives.WriteUInt64LittleEndian(stat[56..], BlockSize);
        }

        memory.CopyTo(stat, address);
    }

    /// <summary>Writes a struct statx.</summary>
    internal static void WriteStatX(UserMemory memory, ulong address, DeviceNode node)
    {
        Span<byte> statx = stackalloc byte[256];
        statx.Clear();
        (uint major, uint minor) = NumberOf(node);
        BinaryPrimitives.WriteUInt32LittleEndian(statx, BasicStats);
        BinaryPrimitives.WriteUInt32LittleEndian(statx[4..], (uint)BlockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(statx[16..], 1); // stx_nlink
        BinaryPrimitives.WriteUInt16LittleEndian(statx[28..], ModeOf(node));
        BinaryPrimitives.WriteUInt32LittleEndian(statx[128..], major); // stx_rdev
        BinaryPrimitives.WriteUInt32LittleEndian(statx[132..], minor);
        memory.CopyTo(statx, address);
    }

    private static ushort ModeOf(DeviceNode node) => node.Kind switch
    {
        DeviceKind.FfaTestDriver => OrdinaryFile | 0x1A4, // 0644
        DeviceKind.FfaTestDriverVersion => OrdinaryFile | 0x124, // 0444
        DeviceKind.HeapFolder => Folder,
        _ => CharacterDevice,
    };

    private static (uint Major, uint Minor) NumberOf(DeviceNode node) => node.Kind switch
    {
        DeviceKind.HeapFolder => (0, 0),
        DeviceKind.Tee => (Major, 0),
        DeviceKind.Supplicant => (Major, SupplicantMinor),
        DeviceKind.FfaTestDriver or DeviceKind.FfaTestDriverVersion => (0, 0),
        _ => (HeapMajor, 0),
    };
}
