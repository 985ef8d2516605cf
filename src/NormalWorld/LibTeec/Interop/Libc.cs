using System.Runtime.InteropServices;

namespace RestrictedTee.LibTeec.Interop;

/// <summary>What the library says to whom runs the program. The console of .NET would take the terminal and the signals over.</summary>
internal static partial class Libc
{
    private const int StandardError = 2;

    internal static void Say(string line)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(line + "\n");
        _ = Write(StandardError, bytes, (nuint)bytes.Length); // nobody may be listening
    }

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int fd, ReadOnlySpan<byte> data, nuint count);
}
