using System.Runtime.ExceptionServices;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1001–1003, 1006 and 1020: the core itself, its pseudo TA, basic features.</summary>
internal static class CoreCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_1001", "Core self tests", SelfTests),
        new("regression_1002", "PTA parameters", PtaParameters),
        new("regression_1003", "Core internal read/write mutex", Mutex),
        new("regression_1006", "Test Basic OS features", BasicFeatures),
        new("regression_1020", "Test lockdep algorithm", Lockdep),
    ];

    private static void SelfTests(CaseRun c)
    {
        using TeeSession? pta = c.Open(InvokeTests.Uuid);
        using (c.Begin("Core self tests"))
            c.ExpectSuccess(pta!.TryInvoke(InvokeTests.CommandSelfTests, null, out _));
        using (c.Begin("Core dt_driver self tests"))
            c.ExpectSuccess(pta.TryInvoke(InvokeTests.CommandDtDriverTests, null, out _));
        using (c.Begin("Core transfer list self tests"))
            ExpectSuccessOrSkip(c, pta, InvokeTests.CommandTransferListTests, "Transfer List tests");
    }

    private static void Lockdep(CaseRun c)
    {
        using TeeSession? pta = c.Open(InvokeTests.Uuid);
        ExpectSuccessOrSkip(c, pta!, InvokeTests.CommandLockdep, "lockdep tests");
    }

    /// <summary>What not every core has: it must say so itself then.</summary>
    private static void ExpectSuccessOrSkip(CaseRun c, TeeSession pta, uint command, string what)
    {
        TeecResult result = pta.TryInvoke(command, null, out TeecOrigin origin);
        if (result != TeecResult.Success)
            c.ExpectOrigin(TeecOrigin.TrustedApp, origin);
        if (result == TeecResult.NotSupported)
            c.Log($"{what} not supported, skipping");
        else
            c.ExpectSuccess(result);
    }

    private static void PtaParameters(CaseRun c)
    {
        using TeeSession? pta = c.Open(InvokeTests.Uuid);
        byte[] buffer = new byte[16 * 1024];
        byte sum = 0;
        for (int i = 0; i < buffer.Length; i++)
        {
            buffer[i] = unchecked((byte)(i + 1));
            sum = unchecked((byte)(sum + buffer[i]));
        }

        c.ExpectSuccess(pta!.TryInvoke(InvokeTests.CommandParams, new Operation(Parameter.TempInOut(buffer)), out _));
        c.Expect(buffer[0] == sum, $"the sum {sum}, got {buffer[0]}");

        var values = new Operation(Parameter.None, Parameter.ValueInOut(40, 2));
        c.ExpectSuccess(pta.TryInvoke(InvokeTests.CommandParams, values, out _));
        c.Expect(values[1].A == 42, $"42, got {values[1].A}");
    }

    private static void Mutex(CaseRun c)
    {
        const int Threads = 6;
        const int Repeat = 20;
        const uint Rounds = 64 * 1024;
        object tally = new();
        (uint maxLockers, uint maxWaiters, ulong lockers, ulong waiters) = (0, 0, 0, 0);
        int readers = 0;
        Parallel(Threads, n =>
        {
            bool writer = n % 3 == 0;
            if (!writer)
                Interlocked.Increment(ref readers);
            using TeeSession? pta = c.Open(InvokeTests.Uuid);
            for (int i = 0; i < Repeat && pta is not null; i++)
            {
                var operation = new Operation(Parameter.ValueInput(writer ? InvokeTests.MutexWriter : InvokeTests.MutexReader, Rounds), Parameter.ValueOutput());
                if (!c.ExpectSuccess(pta.TryInvoke(InvokeTests.CommandMutex, operation, out _)))
                    return;
                if (writer)
                {
                    c.Expect(operation[1].B == 1, $"one writer at a time, got {operation[1].B}");
                    continue;
                }

                lock (tally)
                {
                    maxWaiters = Math.Max(maxWaiters, operation[1].A);
                    maxLockers = Math.Max(maxLockers, operation[1].B);
                    waiters += operation[1].A;
                    lockers += operation[1].B;
                }
            }
        });
        c.Log($"Number of parallel threads: {Threads} ({Threads - readers} writers and {readers} readers)");
        c.Log($"Max read concurrency: {maxLockers}");
        c.Log($"Max read waiters: {maxWaiters}");
        c.Log($"Mean read concurrency: {(double)lockers / (Repeat * readers):0.##}");
        c.Log($"Mean read waiting: {(double)waiters / (Repeat * readers):0.##}");
    }

    private static void BasicFeatures(CaseRun c)
    {
        using TeeSession? os = c.Open(OsTest.Uuid);
        c.ExpectSuccess(os!.TryInvoke(OsTest.CommandBasic, new Operation(Parameter.TempInput(new byte[32])), out _));
    }

    /// <summary>Runs a body on threads of their own and waits for all. What one of them throws is the case's, not the process's.</summary>
    internal static void Parallel(int count, Action<int> body) =>
        Parallel([.. Enumerable.Range(0, count).Select(n => (Action)(() => body(n)))]);

    /// <summary>Runs bodies on threads of their own and waits for all.</summary>
    internal static void Parallel(params Action[] bodies)
    {
        Exception?[] thrown = new Exception?[bodies.Length];
        Thread[] threads = [.. bodies.Select((body, n) => new Thread(() => thrown[n] = Catch(body)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (Array.Find(thrown, e => e is not null) is { } first)
            ExceptionDispatchInfo.Throw(first);
    }

    private static Exception? Catch(Action body)
    {
        try
        {
            body();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
