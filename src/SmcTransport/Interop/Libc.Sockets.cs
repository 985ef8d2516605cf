using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>Unix sockets that carry descriptors: unix(7), cmsg(3). x86-64 and arm64 share these layouts.</summary>
internal static partial class Libc
{
    internal const int ENFILE = 23;
    internal const int EPERM = 1;
    internal const int EACCES = 13;
    internal const int EADDRINUSE = 98;
    internal const int ENOBUFS = 105;
    internal const int ECONNABORTED = 103;
    internal const int ECONNREFUSED = 111;

    internal const int AfUnix = 1;
    internal const int SockSeqpacket = 5;
    internal const int SockCloexec = 0x80000; // O_CLOEXEC, the same on x86-64 and arm64
    internal const int ShutReadWrite = 2;
    internal const int SolSocket = 1;
    internal const int ScmRights = 1;
    internal const int MsgCmsgCloexec = 0x40000000;
    internal const int MsgNoSignal = 0x4000;
    internal const int MsgTrunc = 0x20;
    internal const int MsgCtrunc = 0x08;
    internal const int MsgDontWait = 0x40;
    internal const int SoPeerCred = 17;

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct IoVec
    {
        internal void* Base;
        internal nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct MsgHdr
    {
        internal void* Name;
        internal uint NameLength;
        internal IoVec* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct CMsgHdr
    {
        internal nuint Length;
        internal int Level;
        internal int Type;
    }

    /// <summary>struct ucred: who is at the other end of a socket.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UCred
    {
        internal int Pid;
        internal uint Uid;
        internal uint Gid;
    }

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    internal static unsafe partial nint SendMsg(SafeHandle socket, MsgHdr* message, int flags);

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    internal static unsafe partial nint RecvMsg(SafeHandle socket, MsgHdr* message, int flags);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(SafeHandle socket, ReadOnlySpan<byte> address, uint length);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(SafeHandle socket, ReadOnlySpan<byte> address, uint length);

    [LibraryImport(Library, EntryPoint = "listen", SetLastError = true)]
    internal static partial int Listen(SafeHandle socket, int backlog);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    internal static partial int Accept(SafeHandle socket, nint address, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    internal static partial int Shutdown(SafeHandle socket, int how);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    internal static unsafe partial int GetSockOpt(SafeHandle socket, int level, int name, void* value, uint* length);
}
