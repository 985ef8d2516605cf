using Microsoft.Win32.SafeHandles;

namespace RestrictedTee.NormalWorld.Interop;

/// <summary>Descriptors of other processes (pidfd_getfd(2)): the same open file, with its position.</summary>
internal static unsafe class ClientDescriptor
{
    /// <summary>A copy of a descriptor; null when there is none, or the process is not ours to look at.</summary>
    internal static SafeFileHandle? Copy(int process, int descriptor)
    {
        using var owner = new SafeFileHandle((nint)Libc.PidFdOpen(Libc.PidFdOpenNumber, process, 0), ownsHandle: true);
        if (owner.IsInvalid)
            return null;
        long copy = Libc.PidFdGetFd(Libc.PidFdGetFdNumber, owner, descriptor, 0);
        return copy >= 0 ? new SafeFileHandle((nint)copy, ownsHandle: true) : null;
    }

    /// <summary>Reads entries of a folder, as getdents64(2) lays them out.</summary>
    /// <returns>Their bytes; 0 at its end, negative when it cannot be read.</returns>
    internal static int ReadEntries(SafeFileHandle folder, Span<byte> entries)
    {
        fixed (byte* first = entries)
            return (int)Libc.GetDents64(Libc.GetDents64Number, folder, first, (nuint)entries.Length);
    }
}
