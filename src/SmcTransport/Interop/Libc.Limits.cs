using System.Runtime.InteropServices;

namespace RestrictedTee.SmcTransport.Interop;

/// <summary>Resource limits: getrlimit(2). x86-64 and arm64 share these numbers.</summary>
internal static partial class Libc
{
    internal const int RLimitNoFile = 7;

    internal const int RLimitMemlock = 8;

    [StructLayout(LayoutKind.Sequential)]
    internal struct RLimit
    {
        internal ulong Current;
        internal ulong Maximum;
    }

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int GetRLimit(int resource, out RLimit limit);

    [LibraryImport(Library, EntryPoint = "setrlimit", SetLastError = true)]
    internal static partial int SetRLimit(int resource, in RLimit limit);

    /// <summary>struct rusage, of which only the times are used; x86-64 and arm64 share its layout (144 bytes).</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    internal struct RUsage
    {
        internal long UserSeconds;
        internal long UserMicroseconds;
        internal long SystemSeconds;
        internal long SystemMicroseconds;
    }

    [LibraryImport(Library, EntryPoint = "getrusage", SetLastError = true)]
    internal static partial int GetRUsage(int who, out RUsage usage);
}
