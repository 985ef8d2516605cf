using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>
/// The random example: the whole of a trusted application. A class with a UUID, and a method for each command, whose parameters say what the command
/// takes. Since there is no <see cref="OpenSessionAttribute"/>, sessions open without parameters and in no other way.
/// </summary>
[TrustedApp(RandomExample.UuidText, Description = "Example of how a TA can get a buffer of random bytes")]
public sealed class RandomTa : TrustedApp
{
    /// <summary>Fills the client's memory.</summary>
    [Command(RandomExample.CommandGenerate)]
    public static void Generate(MemrefOutput output)
    {
        // 1. Memory of the TA's own (TEE_Malloc). It counts against the TA's data size, so no client can have it take more.
        using SecureMemory random = SecureMemory.Allocate(output.Size);
        Tee.Trace(TraceLevel.Info, $"Generating random data over {output.Size} bytes.");

        // 2. The generator fills it (TEE_GenerateRandom).
        Tee.GenerateRandom(random.Span);

        // 3. The client gets it whole: Write copies, says how much it was, and answers TEE_ERROR_SHORT_BUFFER where there is no room.
        output.Write(random.Span);
    }
}
