using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1005, 1007, 1008, 1010, 1012, 1021: sessions and instances, how they end, TAs as clients.</summary>
internal static class LifecycleCases
{
    internal static readonly XtestCase[] All =
    [
        new("regression_1005", "Many sessions", ManySessions),
        new("regression_1007", "Test Panic", Panic),
        new("regression_1008", "TEE internal client API", InternalClient),
        new("regression_1010", "Invalid memory access", InvalidMemoryAccess),
        new("regression_1012", "Test Single Instance Multi Session features with SIMS TA", SingleInstance),
        new("regression_1021", "Test panic context release", PanicRelease),
    ];

    private static void ManySessions(CaseRun c)
    {
        const int Sessions = 3;
        var open = new List<TeeSession?>();
        for (int i = 0; i < Sessions; i++)
            open.Add(c.Open(Concurrent.Uuid));
        open.ForEach(session => session?.Dispose());
    }

    private static void Panic(CaseRun c)
    {
        using TeeSession? os = c.Open(OsTest.Uuid);
        c.ExpectResult(TeecResult.TargetDead, os!.TryInvoke(OsTest.CommandPanic, null, out TeecOrigin origin));
        c.ExpectOrigin(TeecOrigin.Tee, origin);
        c.ExpectResult(TeecResult.TargetDead, os.TryInvoke(OsTest.CommandInit, null, out origin));
        c.ExpectOrigin(TeecOrigin.Tee, origin);
    }

    private static void InternalClient(CaseRun c)
    {
        using (c.Begin("Invoke command"))
        {
            using TeeSession? os = c.Open(OsTest.Uuid);
            c.ExpectSuccess(os!.TryInvoke(OsTest.CommandClient, null, out _));
        }

        using (c.Begin("Invoke command with timeout"))
        {
            using TeeSession? os = c.Open(OsTest.Uuid);
            c.ExpectSuccess(os!.TryInvoke(OsTest.CommandClientWithTimeout, new Operation(Parameter.ValueInput(2000)), out _));
        }

        using (c.Begin("Create session fail"))
        {
            int rounds = c.Level > 0 ? 100 : 1;
            for (int n = 0; n < rounds; n++)
                c.ExpectResult(TeecResult.Generic, c.Tee.TryOpenSession(CreateFail.Uuid, TeecLogin.Public, 0, null, out _, out _));
        }

        using (c.Begin("Load corrupt TA"))
            c.Log("PTA Secure Storage TA Management not found: skip test");
    }

    private static void InvalidMemoryAccess(CaseRun c)
    {
        for (uint n = 1; n <= 7; n++)
        {
            using (c.Begin($"Invalid memory access {n}"))
                Misbehave(c, new Operation(Parameter.ValueInput(n)));
        }

        foreach (int size in new[] { 1024, 65536 })
        {
            for (uint n = 1; n <= 5; n++)
            {
                using (c.Begin($"Invalid memory access {n} with {size} bytes memref"))
                {
                    using SharedMemory memory = c.Tee.AllocateSharedMemory(size);
                    Misbehave(c, new Operation(Parameter.ValueInput(n), Parameter.Whole(memory)));
                }
            }
        }
    }

    private static void Misbehave(CaseRun c, Operation operation)
    {
        using TeeSession? os = c.Open(OsTest.Uuid);
        c.ExpectResult(TeecResult.TargetDead, os!.TryInvoke(OsTest.CommandBadMemAccess, operation, out _));
        c.ExpectResult(TeecResult.TargetDead, os.TryInvoke(OsTest.CommandBadMemAccess, operation, out TeecOrigin origin));
        c.ExpectOrigin(TeecOrigin.Tee, origin);
    }

    private static void SingleInstance(CaseRun c)
    {
        using CaseRun.SubCase subCase = c.Begin("Single Instance Multi Session");
        byte[] written = Vectors.Aes256EcbOfCounting.ToArray();
        byte[] read = new byte[written.Length];
        using TeeSession? first = c.Open(Sims.Uuid);
        c.ExpectSuccess(first!.TryInvoke(Sims.CommandWrite, new Operation(Parameter.ValueInput(0), Parameter.TempInput(written)), out _));
        for (uint i = 1; i < 3; i++)
        {
            using TeeSession? second = c.Open(Sims.Uuid);
            c.ExpectSuccess(second!.TryInvoke(Sims.CommandRead, new Operation(Parameter.ValueInput(0), Parameter.TempOutput(read)), out _));
            c.ExpectBytes(written, read);
            ExpectCounter(c, first, 0);
            ExpectCounter(c, second, i);
        }

        Array.Clear(read);
        c.ExpectSuccess(first.TryInvoke(Sims.CommandRead, new Operation(Parameter.ValueInput(0), Parameter.TempOutput(read)), out _));
        c.ExpectBytes(written, read);
    }

    private static void PanicRelease(CaseRun c)
    {
        using (c.Begin("Multiple Instances Single Session"))
            PanicFromClient(c, Sims.MissUuid, multiInstance: true);
        using (c.Begin("Single Instance Multi Sessions"))
            PanicFromClient(c, Sims.Uuid, multiInstance: false);
        using (c.Begin("Single Instance Multi Sessions Keep Alive"))
            PanicFromClient(c, Sims.KeepAliveUuid, multiInstance: false);
        using (c.Begin("Multi Sessions TA to TA"))
            PanicFromTa(c, Sims.Uuid, Sims.KeepAliveUuid);
    }

    private static void PanicFromClient(CaseRun c, Guid uuid, bool multiInstance)
    {
        using TeeSession? first = c.Open(uuid);
        using TeeSession? second = c.Open(uuid);
        ExpectCounter(c, first!, 0);
        ExpectCounter(c, second!, multiInstance ? 0u : 1u);
        c.ExpectResult(TeecResult.TargetDead, Panic(second!, null));
        c.ExpectResult(multiInstance ? TeecResult.Success : TeecResult.TargetDead, Counter(first!, out _));
        c.ExpectResult(TeecResult.TargetDead, Counter(second!, out _));

        using TeeSession? third = c.Open(uuid);
        using TeeSession? fourth = c.Open(uuid);
        if (multiInstance)
            ExpectCounter(c, first!, 0);
        ExpectCounter(c, fourth!, multiInstance ? 0u : 1u);
        if (!multiInstance)
            c.ExpectResult(TeecResult.TargetDead, Panic(third!, null)); // leaves no kept-alive instance behind, so that the case can be run again
    }

    private static void PanicFromTa(CaseRun c, Guid caller, Guid target)
    {
        foreach (bool throughTa in new[] { false, true })
        {
            using TeeSession? first = c.Open(caller);
            using TeeSession? second = c.Open(target);
            c.ExpectSuccess(first!.TryInvoke(Sims.CommandOpenTaSession, new Operation(Parameter.TempInput(target.ToByteArray())), out _));
            if (throughTa)
                c.ExpectSuccess(Panic(first, target));
            else
                c.ExpectResult(TeecResult.TargetDead, Panic(second!, null));
            c.ExpectSuccess(Counter(first, out _));
            c.ExpectResult(TeecResult.TargetDead, Counter(second!, out _));
        }
    }

    private static TeecResult Panic(TeeSession session, Guid? target) =>
        session.TryInvoke(Sims.CommandPanic, new Operation(target is { } uuid ? Parameter.TempInput(uuid.ToByteArray()) : Parameter.Null(Direction.Input)), out _);

    private static TeecResult Counter(TeeSession session, out uint counter)
    {
        var operation = new Operation(Parameter.ValueOutput());
        TeecResult result = session.TryInvoke(Sims.CommandGetCounter, operation, out _);
        counter = operation[0].A;
        return result;
    }

    private static void ExpectCounter(CaseRun c, TeeSession session, uint expected)
    {
        c.ExpectSuccess(Counter(session, out uint counter));
        c.Expect(counter == expected, $"counter {expected}, got {counter}");
    }
}
