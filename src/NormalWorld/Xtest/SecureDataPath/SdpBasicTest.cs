using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Xtest.SecureDataPath;

/// <summary>The options of the original sdp-basic test, with its defaults.</summary>
internal sealed record SdpOptions
{
    internal const string DefaultHeap = "/dev/dma_heap/protected,secure-video";

    internal int Size { get; init; } = 5000;

    internal int Loops { get; init; } = 1000;

    internal string HeapName { get; init; } = DefaultHeap;

    internal bool RandomOffset { get; init; } = true;
}

/// <summary>One of the four ways in which the test reaches a restricted buffer.</summary>
internal sealed record SdpPath(string Title, Guid Target, uint Inject, uint Transform, uint Dump, bool MustBeRefused)
{
    internal static readonly SdpPath[] All =
    [
        new("NonSecure client invokes a SDP TA", SdpBasic.Uuid, SdpBasic.CommandInject, SdpBasic.CommandTransform, SdpBasic.CommandDump, MustBeRefused: false),
        new("SDP TA invokes a SDP TA", SdpBasic.Uuid, SdpBasic.CommandInvokeInject, SdpBasic.CommandInvokeTransform, SdpBasic.CommandInvokeDump, MustBeRefused: false),
        new("SDP TA invokes a test pTA (invoke_tests.pta)", SdpBasic.Uuid, SdpBasic.CommandPtaInject, SdpBasic.CommandPtaTransform, SdpBasic.CommandPtaDump, MustBeRefused: false),
        new("NSec CA invokes a test pTA (invoke_tests.pta) (should fail)", InvokeTests.Uuid, InvokeTests.CommandCopyNsecToSec, InvokeTests.CommandReadModifySec, InvokeTests.CommandCopySecToNsec, MustBeRefused: true),
    ];
}

/// <summary>What a part of the test came to, in words that say whether that is what was wanted.</summary>
internal readonly record struct SdpOutcome(bool Matches, string Text);

/// <summary>
/// Inject, transform, dump: random bytes go into a restricted buffer, are changed there, and come out as expected
/// (optee_test host/xtest/sdp_basic.c).
/// </summary>
internal static class SdpBasicTest
{
    /// <summary>The largest random offset; a byte of the random data chooses it.</summary>
    private const int MaxOffset = byte.MaxValue;

    internal static SdpOutcome Run(TeeContext tee, SdpPath path, SdpOptions options, Action<int>? progress = null)
    {
        int size = options.RandomOffset ? options.Size - MaxOffset : options.Size;
        if (size <= 0)
            return new SdpOutcome(Matches: false, $"a size above {MaxOffset}, so that there is room for a random offset (or --no-offset); it is {options.Size}");

        SharedMemory restricted;
        try
        {
            using DmaBufHandle buffer = tee.AllocateRestricted(options.HeapName, options.Size);
            restricted = tee.RegisterSharedMemory(buffer);
            // The handle closes here; the registration keeps the buffer, as the original checks too.
        }
        catch (TeeDriverException e)
        {
            return new SdpOutcome(Matches: false, $"a buffer of {options.Size} bytes from {options.HeapName}: {e.Message}");
        }

        using (restricted)
        using (TeeSession session = tee.OpenSession(path.Target))
        {
            byte[] reference = new byte[size];
            byte[] bytes = new byte[size];
            for (int loop = 0; loop < options.Loops; loop++)
            {
                RandomNumberGenerator.Fill(reference);
                reference.CopyTo(bytes, 0);
                int offset = options.RandomOffset ? reference[0] : 0;
                if (RunOnce(session, path, restricted, bytes, offset) is { } refusal)
                    return Refused(path, refusal);
                if (path.MustBeRefused)
                    return new SdpOutcome(Matches: false, "the pseudo TA to refuse restricted memory from the normal world, but it took it");
                if (!IsTransformed(reference, bytes))
                    return new SdpOutcome(Matches: false, $"the transformed bytes back in loop {loop}, got others");
                progress?.Invoke(loop + 1);
            }
        }

        return new SdpOutcome(Matches: true, $"{options.Loops} loops of {size} bytes");
    }

    private static (string Step, TeecResult Result, TeecOrigin Origin)? RunOnce(TeeSession session, SdpPath path, SharedMemory restricted, byte[] bytes, int offset)
    {
        Parameter At(Direction direction) => Parameter.Partial(restricted, direction, offset, bytes.Length);
        TeecResult result = session.TryInvoke(path.Inject, new Operation(Parameter.TempInput(bytes), At(Direction.Output)), out TeecOrigin origin);
        if (result != TeecResult.Success)
            return ("inject", result, origin);
        result = session.TryInvoke(path.Transform, new Operation(At(Direction.InOut)), out origin);
        if (result != TeecResult.Success)
            return ("transform", result, origin);
        result = session.TryInvoke(path.Dump, new Operation(At(Direction.Input), Parameter.TempOutput(bytes)), out origin);
        return result == TeecResult.Success ? null : ("dump", result, origin);
    }

    private static SdpOutcome Refused(SdpPath path, (string Step, TeecResult Result, TeecOrigin Origin) refusal) => path.MustBeRefused
        ? new SdpOutcome(Matches: true, $"refused as it must be: {refusal.Step} got {refusal.Result} from {refusal.Origin}")
        : new SdpOutcome(Matches: false, $"{refusal.Step} to succeed, got {refusal.Result} (0x{(uint)refusal.Result:x8}) from {refusal.Origin}");

    private static bool IsTransformed(ReadOnlySpan<byte> reference, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < reference.Length; i++)
        {
            if (bytes[i] != unchecked((byte)(~reference[i] + 1)))
                return false;
        }

        return true;
    }
}
