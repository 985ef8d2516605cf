using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Xtest.SecureDataPath;

/// <summary>References beyond the end of a restricted buffer, in all five ways of the original; each must be refused before the TA.</summary>
internal static class OutOfBoundsTest
{
    internal static IEnumerable<SdpOutcome> Run(TeeContext tee, SdpOptions options, bool includeValid)
    {
        SharedMemory output;
        string? problem = null;
        try
        {
            using DmaBufHandle buffer = tee.AllocateRestricted(options.HeapName, options.Size);
            output = tee.RegisterSharedMemory(buffer);
        }
        catch (TeeDriverException e)
        {
            problem = $"a buffer of {options.Size} bytes from {options.HeapName}: {e.Message}";
            output = null!;
        }

        if (problem is not null)
        {
            yield return new SdpOutcome(Matches: false, problem);
            yield break;
        }

        using (output)
        using (SharedMemory input = tee.AllocateSharedMemory(output.Size, Direction.Input))
        using (TeeSession session = tee.OpenSession(SdpBasic.Uuid))
        {
            int size = output.Size;
            if (includeValid)
                yield return Invoke(session, input, output, "inside, the last byte", size - 1, 1, valid: true);
            yield return Invoke(session, input, output, "overflows by 1 byte", size - 1, 2, valid: false);
            yield return Invoke(session, input, output, "overflows by more than 4 KiB", size - 1, 5000, valid: false);
            yield return Invoke(session, input, output, "offset exceeds by 1 byte", size, 1, valid: false);
            yield return Invoke(session, input, output, "offset exceeds by 4 KiB", size, 4096, valid: false);
            yield return Invoke(session, input, output, "offset + size wraps around", 2, -1, valid: false);
        }
    }

    private static SdpOutcome Invoke(TeeSession session, SharedMemory input, SharedMemory output, string title, int offset, int size, bool valid)
    {
        var operation = new Operation(
            Parameter.Partial(input, Direction.Input, 0, size),
            Parameter.Partial(output, Direction.Output, offset, size));
        TeecResult result = session.TryInvoke(SdpBasic.CommandInject, operation, out TeecOrigin origin);
        bool matches = valid
            ? origin == TeecOrigin.TrustedApp
            : origin != TeecOrigin.TrustedApp && result is TeecResult.Generic or TeecResult.BadParameters;
        string where = $"{title} (size 0x{output.Size:x}, offset 0x{offset:x}/size 0x{size:x})";
        string what = valid ? "reached the TA" : "refused as it must be";
        return new SdpOutcome(matches, matches ? $"{where}: {what}, {result} from {origin}" : $"{where} to be {(valid ? "let through" : "refused")}, got {result} from {origin}");
    }
}
