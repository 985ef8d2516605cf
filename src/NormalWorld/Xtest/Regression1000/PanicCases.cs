using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1040: an instance that panics under those who open sessions to it at that moment.</summary>
internal static class PanicCases
{
    private const int Threads = 3;

    internal static readonly XtestCase[] All =
    [
        new("regression_1040", "Test panic in concurrent open/invoke/close session", ConcurrentPanic),
    ];

    private static void ConcurrentPanic(CaseRun c)
    {
        int rounds = c.Level == 0 ? 50 : 100;
        using (c.Begin("Concurrent invoke with panic in TA"))
            CoreCases.Parallel(Threads, _ => c.ExpectSuccess(PanicAgainAndAgain(c, rounds)));
    }

    /// <summary>Panics the one instance that all threads share, as often as it is asked to.</summary>
    /// <returns>The first result that is neither success nor a panic.</returns>
    private static TeecResult PanicAgainAndAgain(CaseRun c, int rounds)
    {
        for (int done = 0; done < rounds;)
        {
            TeecResult opened = c.Tee.TryOpenSession(Sims.Uuid, TeecLogin.Public, 0, null, out TeeSession? session, out _);
            if (opened == TeecResult.TargetDead)
                continue; // another thread's panic came first
            if (opened != TeecResult.Success)
                return opened;
            using (session)
            {
                TeecResult panicked = session!.TryInvoke(Sims.CommandPanic, new Operation(Parameter.Null(Direction.Input)), out _);
                if (panicked != TeecResult.TargetDead)
                    return panicked == TeecResult.Success ? TeecResult.Generic : panicked;
            }

            done++;
        }

        return TeecResult.Success;
    }
}
