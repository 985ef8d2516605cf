using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>
/// A folder that is held open. What is done in it is done in this folder, whatever its name has come to mean meanwhile, and no
/// link is followed on the way. Failures are IOExceptions whose HResult is the errno.
/// </summary>
internal sealed class OpenFolder : IDisposable
{
    private readonly SafeFileHandle _handle;

    private OpenFolder(int fd)
    {
        _handle = new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            Libc.Statx stat = StatOf(fd, "", Libc.AtEmptyPath);
            (Owner, Mode, Identity) = (stat.Uid, (uint)stat.Mode & 0xFFF, IdentityOf(stat));
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    /// <summary>Which file something is, whatever its name.</summary>
    internal readonly record struct FileId(uint DeviceMajor, uint DeviceMinor, ulong Inode);

    internal uint Owner { get; }

    /// <summary>Permission bits, as they were when it was opened.</summary>
    internal uint Mode { get; }

    internal FileId Identity { get; }

    /// <summary>The names in it.</summary>
    internal string[] Names => [.. Directory.GetFileSystemEntries($"/proc/self/fd/{Fd}").Select(path => Path.GetFileName(path))];

    /// <summary>A path of an entry that leads through this descriptor; of use in this process, while the folder is open.</summary>
    internal string PathOf(string name) => $"/proc/self/fd/{Fd}/{name}";

    private int Fd => (int)_handle.DangerousGetHandle();

    internal static OpenFolder Open(string path) => new(OpenRaw(Libc.AtFdCwd, path, Libc.ODirectory, 0));

    /// <summary>Its descriptor alone, for who lists it.</summary>
    internal static SafeFileHandle OpenHandle(string path) => new(OpenRaw(Libc.AtFdCwd, path, Libc.ODirectory, 0), ownsHandle: true);

    internal OpenFolder OpenChild(string name) => new(OpenRaw(Fd, name, Libc.ODirectory, 0));

    /// <summary>Makes a folder unless there is something of that name already.</summary>
    internal static void Make(string path, uint mode) => MakeAt(Libc.AtFdCwd, path, mode);

    internal void MakeChild(string name, uint mode) => MakeAt(Fd, name, mode);

    /// <summary>Opens a file in it for reading and writing, and makes it if there is none.</summary>
    internal SafeFileHandle OpenFile(string name, uint mode) => new(OpenRaw(Fd, name, Libc.ORdwr | Libc.OCreat | Libc.ONonblock, mode), ownsHandle: true);

    /// <summary>What a name in it means at the moment; null when it means nothing.</summary>
    internal FileId? IdentityOf(string name) =>
        Libc.StatX(Fd, name, Libc.AtSymlinkNoFollow, Libc.StatxBasic, out Libc.Statx stat) == 0 ? IdentityOf(stat) : null;

    internal static FileId? IdentityOfPath(string path) =>
        Libc.StatX(Libc.AtFdCwd, path, Libc.AtSymlinkNoFollow, Libc.StatxBasic, out Libc.Statx stat) == 0 ? IdentityOf(stat) : null;

    internal static FileId IdentityOf(SafeFileHandle handle) => IdentityOf(StatOf((int)handle.DangerousGetHandle(), "", Libc.AtEmptyPath));

    internal void SetMode(uint mode)
    {
        if (Libc.FChMod(_handle, mode) < 0)
            throw Libc.Failed("fchmod");
    }

    /// <summary>Takes the lock of an open file for as long as that is open (flock(2)).</summary>
    /// <returns>False when somebody else has it.</returns>
    internal static bool TryLock(SafeFileHandle file) =>
        Libc.FLock(file, Libc.LockExclusiveNow) == 0 || (Marshal.GetLastPInvokeError() == Libc.EAGAIN ? false : throw Libc.Failed("flock"));

    /// <summary>Removes a name that is no folder's; nothing is wrong when there is none.</summary>
    internal void Unlink(string name)
    {
        if (Libc.UnlinkAt(Fd, name, 0) < 0 && Marshal.GetLastPInvokeError() != Libc.ENOENT)
            throw Libc.Failed("unlink");
    }

    /// <summary>Removes an empty folder in it.</summary>
    internal void RemoveChild(string name)
    {
        if (Libc.UnlinkAt(Fd, name, Libc.AtRemoveDir) < 0 && Marshal.GetLastPInvokeError() != Libc.ENOENT)
            throw Libc.Failed("rmdir");
    }

    public void Dispose() => _handle.Dispose();

    private static int OpenRaw(int folder, string name, int flags, uint mode)
    {
        int fd = Libc.OpenAt(folder, name, flags | Libc.ONoFollow | Libc.OCloexec, mode);
        return fd >= 0 ? fd : throw Libc.Failed("open");
    }

    private static void MakeAt(int folder, string name, uint mode)
    {
        if (Libc.MkDirAt(folder, name, mode) < 0 && Marshal.GetLastPInvokeError() != Libc.EEXIST)
            throw Libc.Failed("mkdir");
    }

    private static Libc.Statx StatOf(int folder, string name, int flags) =>
        Libc.StatX(folder, name, flags, Libc.StatxBasic, out Libc.Statx stat) == 0 ? stat : throw Libc.Failed("statx");

    private static FileId IdentityOf(in Libc.Statx stat) => new(stat.DeviceMajor, stat.DeviceMinor, stat.Inode);
}
