using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.WorldTests.Harness;

/// <summary>A test that needs a memfd of huge pages; skipped where the kernel makes none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HugePagesFactAttribute : FactAttribute
{
    private const uint Hugetlb = 4; // MFD_HUGETLB

    public HugePagesFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        using SafeFileHandle? made = TryCreate();
        if (made is null)
            Skip = "the kernel makes no memfd of huge pages";
    }

    /// <summary>A sealed one; it takes no page until it is touched.</summary>
    internal static SafeFileHandle? TryCreate()
    {
        int fd = Libc.MemfdCreate("huge", Libc.MfdCloexec | Libc.MfdAllowSealing | Hugetlb);
        if (fd < 0)
            return null;
        var handle = new SafeFileHandle(fd, ownsHandle: true);
        if (Libc.FTruncate(fd, 2 << 20) == 0 && Libc.FCntl(fd, Libc.FAddSeals, Libc.SealShrink | Libc.SealGrow) == 0)
            return handle;
        handle.Dispose();
        return null;
    }
}
