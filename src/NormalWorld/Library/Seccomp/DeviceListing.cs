using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>The listing of /dev with the names of the devices, which come with its first entries.</summary>
internal sealed class DeviceListing
{
    private const string Folder = "/dev";
    private const int MaxBuffer = 64 * 1024;
    private const byte CharacterDevice = 2, Directory = 4; // DT_CHR, DT_DIR
    private const int NameAt = 19; // struct linux_dirent64: d_ino, d_off, d_reclen, d_type

    private readonly byte[] _names;

    internal DeviceListing(IDeviceNodes nodes)
    {
        (string Path, byte Type)[] all = [("/dev/tee0", CharacterDevice), ("/dev/teepriv0", CharacterDevice), ("/dev/dma_heap", Directory)];
        _names = [.. all.Where(name => nodes.Find(name.Path) is not null && !Path.Exists(name.Path)).SelectMany(name => Entry(Path.GetFileName(name.Path), name.Type))];
    }

    /// <summary>Whether a call that lists a folder begins to list /dev.</summary>
    internal static bool IsItsBeginning(in Libc.Notification call)
    {
        string descriptor = $"{(int)call.Arguments[0]}";
        try
        {
            return File.ResolveLinkTarget($"/proc/{call.Pid}/fd/{descriptor}", returnFinalTarget: false)?.FullName == Folder
                && File.ReadLines($"/proc/{call.Pid}/fdinfo/{descriptor}").First() is ['p', 'o', 's', ':', .. var position] && position.Trim() == "0";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Lists it.</summary>
    /// <returns>What the call returns; null when the kernel had better answer.</returns>
    internal long? List(in Libc.Notification call)
    {
        ulong room = Math.Min(call.Arguments[2], MaxBuffer);
        if (room < (ulong)(2 * _names.Length) || _names.Length == 0)
            return null;
        using SafeFileHandle? folder = ClientDescriptor.Copy(Caller.ProcessOf(call.Pid), (int)call.Arguments[0]);
        if (folder is null)
            return null;
        byte[] entries = new byte[(int)room];
        _names.CopyTo(entries, 0);
        int found = ClientDescriptor.ReadEntries(folder, entries.AsSpan(_names.Length));
        if (found < 0)
            return null;
        new UserMemory(call.Pid).CopyTo(entries.AsSpan(0, _names.Length + found), call.Arguments[1]);
        return _names.Length + found;
    }

    private static byte[] Entry(string name, byte type)
    {
        int length = (NameAt + name.Length + 1 + 7) & ~7;
        byte[] entry = new byte[length];
        BinaryPrimitives.WriteUInt64LittleEndian(entry, ulong.MaxValue); // no inode has this number, and 0 would be an entry that was deleted
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(16), (ushort)length);
        entry[18] = type;
        Encoding.ASCII.GetBytes(name, entry.AsSpan(NameAt));
        return entry;
    }
}
