using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.FfaSpmc;

/// <summary>What the cases expect of echo partitions, of the SPMC, and of the driver.</summary>
internal static class SpmcExpectations
{
    /// <summary>The partition has done what it was told.</summary>
    internal static void ExpectOk(this CaseRun c, uint[] answer) =>
        c.Expect(answer[0] == EchoPartitions.Ok, $"0xaa, got 0x{answer[0]:x} (status -{answer[1]})");

    /// <summary>The partition was refused by the SPMC.</summary>
    internal static void ExpectRefused(this CaseRun c, uint[] answer, FfaStatus expected, string what) =>
        c.Expect(answer[0] == EchoPartitions.Failed && answer[1] == (uint)-(int)expected, $"{expected} for {what}, got {(FfaStatus)(-(int)answer[1])}");

    /// <summary>The SPMC answers with a status.</summary>
    internal static void ExpectStatus(this CaseRun c, SmcFrame answer, FfaStatus expected, string what)
    {
        FfaStatus status = answer.Status();
        c.Expect(status == expected, $"{expected} for {what}, got {status}");
    }

    /// <summary>The driver throws.</summary>
    internal static void ExpectErrno(this CaseRun c, Errno errno, Action action)
    {
        try
        {
            action();
            c.Expect(false, $"{errno}, got success");
        }
        catch (TeeDriverException e)
        {
            c.Expect(e.Errno == errno, $"{errno}, got {e.Errno}");
        }
    }
}
