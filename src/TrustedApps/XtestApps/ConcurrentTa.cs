using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>Works for a while and reports, through a counter in shared memory, how many of its kind were at it at the same time.</summary>
public abstract class ConcurrentBase : TrustedApp
{
    /// <summary>After so many, a client that has gone or thought better of it is heard: it says how many there are, and the thread is not its own.</summary>
    private const uint RoundsUnheard = 1024;

    [Command(Concurrent.CommandBusyLoop)]
    public static TeeResult BusyLoop(MemrefInOut shared, ValueInOut rounds)
    {
        if (shared.Size < sizeof(uint))
            return TeeResult.BadParameters;
        ref int active = ref MemoryMarshal.AsRef<int>(shared.Span);
        uint count = rounds.A, round = 0;
        Tee.UnmaskCancellation();
        rounds.B = (uint)Interlocked.Increment(ref active);
        for (; round < count && (round % RoundsUnheard != 0 || !Tee.CancellationRequested); round++)
            Thread.SpinWait(1);
        Interlocked.Decrement(ref active);
        return round == count ? TeeResult.Success : TeeResult.Cancel;
    }

    [Command(Concurrent.CommandSha256)]
    public static TeeResult Sha256(MemrefInOut shared, ValueInOut rounds, MemrefInput message, MemrefOutput digest)
    {
        if (shared.Size < sizeof(uint) || digest.Size < SHA256.HashSizeInBytes)
            return TeeResult.BadParameters;
        ref int active = ref MemoryMarshal.AsRef<int>(shared.Span);
        uint count = rounds.A, round = 0;
        Tee.UnmaskCancellation();
        rounds.B = (uint)Interlocked.Increment(ref active);
        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        for (; round < count && !Tee.CancellationRequested; round++)
            SHA256.HashData(message.Span, result);
        digest.Write(result);
        Interlocked.Decrement(ref active);
        return round == count ? TeeResult.Success : TeeResult.Cancel;
    }
}

/// <summary>The small one.</summary>
[TrustedApp(Concurrent.UuidText)]
public sealed class ConcurrentTa : ConcurrentBase;

/// <summary>The one that declares a large data segment.</summary>
[TrustedApp(Concurrent.LargeUuidText, DataSize = 2 * 1024 * 1024)]
public sealed class ConcurrentLargeTa : ConcurrentBase;
