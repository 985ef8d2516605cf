using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.OsTestApp;

/// <summary>What every TA can rely on: memory, properties, rights to memory, time. What the original tests of its C library and compiler is not here.</summary>
public sealed partial class OsTestTa
{
    private const int BlockSize = 4;

    /// <summary>The longest that a call takes here; the original allows as much.</summary>
    private const uint ManySeconds = 60;

    [Command(OsTest.CommandBasic)]
    public static TeeResult Basic(MemrefInput memory)
    {
        Tee.UnmaskCancellation();
        if (!MemoryIsGiven() || !PropertiesAreRight() || !RightsAreRight(memory))
            return TeeResult.Generic;
        TeeResult result = AskToCheckRights();
        return result == TeeResult.Success ? CheckTime() : result;
    }

    /// <summary>Memory of a client is readable, and nobody's own; a parameter that is null has no rights to check.</summary>
    [Command(OsTest.CommandParamsAccess)]
    public static TeeResult ParamsAccess(MemrefInput memory, MemrefInput none)
    {
        if (TeeMemory.CheckAccessRights(MemoryAccess.Read | MemoryAccess.AnyOwner, memory.Span) is var read && read != TeeResult.Success)
            return read;
        if (TeeMemory.CheckAccessRights(MemoryAccess.Read, memory.Span) != TeeResult.AccessDenied)
            return TeeResult.Generic;
        return none is { IsNull: true, Size: 0 } ? TeeResult.Success : TeeResult.BadParameters;
    }

    private static bool MemoryIsGiven()
    {
        using SecureMemory block = SecureMemory.Allocate(BlockSize), empty = SecureMemory.Allocate(0);
        bool isZero = !block.Span.ContainsAnyExcept((byte)0);
        block.Span.Fill(0xAA);
        block.Reallocate(2 * BlockSize);
        return isZero && empty.Span.IsEmpty && block.Span.SequenceEqual<byte>([0xAA, 0xAA, 0xAA, 0xAA, 0, 0, 0, 0]);
    }

    private static bool RightsAreRight(MemrefInput memory)
    {
        const MemoryAccess ReadWrite = MemoryAccess.Read | MemoryAccess.Write;
        using SecureMemory block = SecureMemory.Allocate(BlockSize);
        Span<byte> own = stackalloc byte[BlockSize];
        return TeeMemory.CheckAccessRights(MemoryAccess.Read | MemoryAccess.AnyOwner, memory.Span) == TeeResult.Success
            && TeeMemory.CheckAccessRights(MemoryAccess.Read, memory.Span) == TeeResult.AccessDenied
            && TeeMemory.CheckAccessRights(ReadWrite | MemoryAccess.AnyOwner, memory.Span) == TeeResult.AccessDenied
            && TeeMemory.CheckAccessRights(ReadWrite, own) == TeeResult.Success
            && TeeMemory.CheckAccessRights(ReadWrite, block.Span) == TeeResult.Success;
    }

    /// <summary>The same, of memory that another TA has passed.</summary>
    private static TeeResult AskToCheckRights()
    {
        using TaClientSession other = TaClientSession.Open(OsTest.Uuid);
        var operation = new TaOperation { P0 = TaParam.Input(stackalloc byte[32]), P1 = TaParam.Input(default) };
        return other.TryInvoke(OsTest.CommandParamsAccess, ref operation, out _);
    }

    /// <summary>The persistent time runs from where it is set to, and over.</summary>
    private static TeeResult CheckTime()
    {
        TeeTime before = Tee.SystemTime;
        if (Tee.ReeTime.Seconds < 1_500_000_000)
            return TeeResult.Generic;
        TeeResult result = TeeClock.TryGetPersistent(out _);
        if (result is not (TeeResult.Success or TeeResult.Overflow or TeeResult.TimeNotSet or TeeResult.TimeNeedsReset))
            return result;
        TeeClock.SetPersistent(default);
        if (TeeClock.TryGetPersistent(out TeeTime time) is var restarted && restarted != TeeResult.Success)
            return restarted;
        if (time.Seconds > ManySeconds || time.Millis >= 1000)
            return TeeResult.BadState;
        TeeClock.SetPersistent(new TeeTime(uint.MaxValue, 999));
        Tee.Wait(1000);
        if (TeeClock.TryGetPersistent(out time) != TeeResult.Overflow || time.Seconds > ManySeconds)
            return TeeResult.BadState;
        TeeTime after = Tee.SystemTime;
        return (after.Seconds, after.Millis).CompareTo((before.Seconds, before.Millis)) > 0 ? TeeResult.Success : TeeResult.Generic;
    }
}
