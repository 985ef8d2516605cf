using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1009: waiting, and cancelling a wait.</summary>
internal static class WaitCases
{
    internal static readonly XtestCase[] All = [new("regression_1009", "TEE Wait", Wait)];

    private static void Wait(CaseRun c)
    {
        Wait(c, "TEE Wait 0.1s", 100, cancel: false);
        Wait(c, "TEE Wait 0.5s", 500, cancel: false);
        Wait(c, "TEE Wait 2s cancel", 2000, cancel: true);
        Wait(c, "TEE Wait 2s", 2000, cancel: false);
    }

    private static void Wait(CaseRun c, string title, uint milliseconds, bool cancel)
    {
        const int BeforeCancelling = 500;
        using CaseRun.SubCase subCase = c.Begin(title);
        using TeeSession? os = c.Open(OsTest.Uuid);
        var operation = new Operation(Parameter.ValueInput(milliseconds));
        if (!cancel)
        {
            c.ExpectSuccess(os!.TryInvoke(OsTest.CommandWait, operation, out _));
            return;
        }

        // A thread of its own, as upstream: a timer would wait for the pool on a busy machine, longer than the wait lasts.
        CoreCases.Parallel(
            () => c.ExpectResult(TeecResult.Cancel, os!.TryInvoke(OsTest.CommandWait, operation, out _)),
            () =>
            {
                Thread.Sleep(BeforeCancelling);
                operation.RequestCancellation();
            });
    }
}
