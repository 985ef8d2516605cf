using System.Runtime.InteropServices;
using RestrictedTee.NormalWorld.Interop;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>The numbers of the system calls that are looked at, of this machine's architecture (asm/unistd.h); -1 where it has none.</summary>
internal static class SystemCalls
{
    private static readonly bool IsArm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>AUDIT_ARCH_* (linux/audit.h).</summary>
    internal static uint AuditArchitecture { get; } = IsArm64 ? 0xC000_00B7 : 0xC000_003E;

    internal static int Open { get; } = IsArm64 ? -1 : 2;

    internal static int Stat { get; } = IsArm64 ? -1 : 4;

    internal static int LStat { get; } = IsArm64 ? -1 : 6;

    internal static int Ioctl { get; } = IsArm64 ? 29 : 16;

    internal static int Access { get; } = IsArm64 ? -1 : 21;

    internal static int OpenAt { get; } = IsArm64 ? 56 : 257;

    internal static int NewFStatAt { get; } = IsArm64 ? 79 : 262;

    internal static int FAccessAt { get; } = IsArm64 ? 48 : 269;

    internal static int StatX { get; } = IsArm64 ? 291 : 332;

    internal static int GetDents64 => (int)Libc.GetDents64Number;

    internal static int Clone { get; } = IsArm64 ? -1 : 56;

    internal static int Fork { get; } = IsArm64 ? -1 : 57;

    internal static int OpenAt2 => 437;

    internal static int FAccessAt2 => 439;

    /// <summary>Those that name a file, and so wait for an answer.</summary>
    internal static IReadOnlyList<int> Named { get; } =
        [.. new[] { Open, OpenAt, OpenAt2, Stat, LStat, NewFStatAt, StatX, Access, FAccessAt, FAccessAt2 }.Where(number => number >= 0)];

    /// <summary>Whether it makes another process.</summary>
    internal static bool Forks(int number) => number == Clone || number == Fork;

    /// <summary>Whether the path is relative to a descriptor, which stands before it.</summary>
    internal static bool IsAt(int number) => number != Open && number != Stat && number != LStat && number != Access;
}
