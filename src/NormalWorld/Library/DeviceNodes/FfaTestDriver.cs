using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>
/// The module by which programs speak FF-A (arm_ffa_user), as its users find it: a debug file that takes ioctls, and the version of the
/// module, which they read first. Both are there where the worlds talk by FF-A.
/// </summary>
internal static class FfaTestDriver
{
    internal const string DebugFile = "/sys/kernel/debug/arm_ffa_user";
    private const string VersionFile = "/sys/module/arm_ffa_user/version";
    private const ulong AccessMode = 3; // O_ACCMODE

    internal static bool MayBe(string path) => path.Contains("arm_ffa_user", StringComparison.Ordinal);

    /// <summary>The file that an absolute path names; null when it names neither, or the worlds talk by SMC.</summary>
    internal static DeviceNode? Find(string path, TeeDeviceHost host) =>
        !FfaUserDevice.IsThere(host.Driver) ? null
        : path == DebugFile ? new DeviceNode(DeviceKind.FfaTestDriver)
        : path == VersionFile ? new DeviceNode(DeviceKind.FfaTestDriverVersion)
        : null;

    /// <summary>The version as a file to be read, which nobody can change.</summary>
    /// <param name="flags">Of the open.</param>
    /// <exception cref="TeeDriverException">EACCES: it was to be written.</exception>
    internal static SafeFileHandle OpenVersion(ulong flags) => (flags & AccessMode) == 0
        ? InventedFile.Open("arm_ffa_user version", FfaUserIoctl.ModuleVersion + "\n")
        : throw new TeeDriverException(Errno.EACCES, "A module's version is read-only.");
}
