using System.Text;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>The paths that a client's system calls name, as its memory has them at this moment.</summary>
internal static class ClientPaths
{
    private const int PageSize = 4096;
    private const int MaxPath = 4096; // PATH_MAX
    /// <summary>AT_FDCWD.</summary>
    internal const int AtFdCwd = -100;

    /// <summary>Reads a path; null when there is none, or it is too long: then the kernel says so too.</summary>
    internal static string? Read(UserMemory memory, ulong address)
    {
        Span<byte> bytes = stackalloc byte[MaxPath];
        int length = 0;
        try
        {
            while (length < MaxPath)
            {
                // Up to the end of the page: what lies behind need not be there.
                int count = Math.Min(PageSize - (int)((address + (ulong)length) % PageSize), MaxPath - length);
                memory.CopyFrom(address + (ulong)length, bytes.Slice(length, count));
                int end = bytes.Slice(length, count).IndexOf((byte)0);
                if (end >= 0)
                    return Encoding.UTF8.GetString(bytes[..(length + end)]);
                length += count;
            }
        }
        catch (TeeDriverException)
        {
            // EFAULT, which the kernel will find as well.
        }

        return null;
    }

    /// <summary>The absolute path that is meant, by names alone: links among its folders are not followed.</summary>
    internal static string? Resolve(int thread, int directory, string path)
    {
        if (path.Length == 0)
            return null;
        if (path[0] == '/')
            return Path.GetFullPath(path);
        string folder = directory == AtFdCwd ? $"/proc/{thread}/cwd" : $"/proc/{thread}/fd/{directory}";
        try
        {
            return File.ResolveLinkTarget(folder, returnFinalTarget: false) is { } target ? Path.GetFullPath(path, target.FullName) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // the caller has gone, or the descriptor is none of a folder
        }
    }

    /// <summary>Whether a path could be that of a device, so that it is worth resolving.</summary>
    internal static bool MayBeDevice(string path) =>
        path.EndsWith("tee0", StringComparison.Ordinal) || path.EndsWith("teepriv0", StringComparison.Ordinal)
        || (path[0] == '/' ? path.Contains("dma_heap", StringComparison.Ordinal) || FfaTestDriver.MayBe(path) : !path.EndsWith(".so", StringComparison.Ordinal));
}
