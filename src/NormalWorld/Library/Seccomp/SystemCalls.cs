using System.Runtime.InteropServices;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>The numbers of the system calls that are looked at, of this machine's architecture (asm/unistd.h).</summary>
internal static class SystemCalls
{
    private static readonly bool IsArm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>AUDIT_ARCH_* (linux/audit.h).</summary>
    internal static uint AuditArchitecture { get; } = IsArm64 ? 0xC000_00B7 : 0xC000_003E;

    /// <summary>open(2), which newer architectures do not have.</summary>
    internal static int Open { get; } = IsArm64 ? -1 : 2;

    internal static int Ioctl { get; } = IsArm64 ? 29 : 16;

    internal static int OpenAt { get; } = IsArm64 ? 56 : 257;

    internal static int OpenAt2 => 437;
}
