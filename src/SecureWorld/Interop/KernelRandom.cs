using System.Runtime.InteropServices;

namespace RestrictedTee.SecureWorld.Interop;

/// <summary>
/// Random bytes of the kernel (getrandom(2)). The library's generator is OpenSSL's, which costs each start more than all else that
/// names sessions and buffers.
/// </summary>
internal static class KernelRandom
{
    private const int Eintr = 4;

    internal static void Fill(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint got = Libc.GetRandom(bytes, (nuint)bytes.Length, flags: 0);
            if (got < 0 && Marshal.GetLastPInvokeError() != Eintr)
                throw Libc.Failed("getrandom");
            bytes = bytes[(int)Math.Max(got, 0)..];
        }
    }
}
