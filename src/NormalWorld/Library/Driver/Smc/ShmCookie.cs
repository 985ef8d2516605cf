using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RestrictedTee.NormalWorld.Driver.Smc;

/// <summary>A name for shared memory. Upstream's driver takes a pointer; what matters is that two never collide and none is guessed.</summary>
internal static class ShmCookie
{
    internal static ulong New()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ulong cookie;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            cookie = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }
        while (cookie is 0 or ulong.MaxValue);
        return cookie;
    }
}
