using System.Buffers.Binary;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The tpm_log_test TA: the event log of the firmware, by the system pseudo TA (TCG EFI Protocol Specification, section 5.3).</summary>
[TrustedApp(TpmLogTest.UuidText)]
public sealed class TpmLogTestTa : TrustedApp
{
    private const int LogSize = 1024;

    /// <summary>EV_NO_ACTION, the type of the header.</summary>
    private const uint NoAction = 3;

    private const int TypeOffset = 4, DigestOffset = 8, DigestSize = 20;

    [OpenSession]
    public static void Open(RawParameters parameters)
    {
    }

    [Command(TpmLogTest.CommandGetLog)]
    public static TeeResult GetLog(RawParameters parameters)
    {
        Span<byte> log = stackalloc byte[LogSize];
        log.Clear();
        if (Ask(log) != TeeResult.Success)
            return TeeResult.AccessDenied;
        bool isHeader = BinaryPrimitives.ReadUInt32LittleEndian(log) == 0
            && BinaryPrimitives.ReadUInt32LittleEndian(log[TypeOffset..]) == NoAction
            && !log.Slice(DigestOffset, DigestSize).ContainsAnyExcept((byte)0);
        return isHeader ? TeeResult.Success : TeeResult.Generic;
    }

    [Command(TpmLogTest.CommandShortBuffer)]
    public static TeeResult ShortBuffer(RawParameters parameters)
    {
        Span<byte> log = stackalloc byte[LogSize];
        log.Clear();
        return Ask(log[..1]) == TeeResult.ShortBuffer && !log.ContainsAnyExcept((byte)0) ? TeeResult.Success : TeeResult.Generic;
    }

    private static TeeResult Ask(Span<byte> log)
    {
        using TaClientSession system = TaClientSession.Open(SystemPta.Uuid);
        var operation = new TaOperation { P0 = TaParam.Output(log) };
        return system.TryInvoke(SystemPta.CommandGetTpmEventLog, ref operation, out _);
    }
}
