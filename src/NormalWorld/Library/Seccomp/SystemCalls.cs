using System.Runtime.InteropServices;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>The numbers of the system calls that are looked at, of this machine's architecture (asm/unistd.h).</summary>
internal static class SystemCalls
{
    private static readonly bool s_isArm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>AUDIT_ARCH_* (linux/audit.h).</summary>
    internal static uint AuditArchitecture { get; } = s_isArm64 ? 0xC000_00B7 : 0xC000_003E;

    /// <summary>open(2), which newer architectures do not have.</summary>
    internal static int Open { get; } = s_isArm64 ? -1 : 2;

    internal static int Ioctl { get; } = s_isArm64 ? 29 : 16;

    internal static int OpenAt { get; } = s_isArm64 ? 56 : 257;

    internal static int OpenAt2 => 437;
}
