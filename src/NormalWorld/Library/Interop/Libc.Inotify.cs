using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>inotify(7): hearing that a file was closed.</summary>
internal static partial class Libc
{
    internal const int InotifyCloseOnExec = 0x8_0000;

    /// <summary>IN_CLOSE_WRITE | IN_CLOSE_NOWRITE: an open description of the file is no more, and no mapping of it.</summary>
    internal const uint InotifyClose = 0x18;

    /// <summary>struct inotify_event, without a name.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct InotifyEvent
    {
        internal const int Size = 16;

        internal int Watch;
        internal uint Mask;
        internal uint Cookie;
        internal uint NameLength;
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    internal static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int InotifyAddWatch(SafeFileHandle inotify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    internal static partial int InotifyRemoveWatch(SafeFileHandle inotify, int watch);
}
