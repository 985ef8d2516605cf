using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.NormalWorld.Heaps;

/// <summary>How memory is kept, in the words of listings and of the command line.</summary>
internal static class MemoryProtectionNames
{
    internal static string Of(MemoryProtection protection) => protection switch
    {
        MemoryProtection.SecretMemory => "secretmem",
        MemoryProtection.Locked => "locked",
        _ => "anonymous",
    };
}
