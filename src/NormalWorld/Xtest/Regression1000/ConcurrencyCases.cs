using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Xtest.Framework;
using RestrictedTee.Xtest.SecureDataPath;

namespace RestrictedTee.Xtest.Regression1000;

/// <summary>1013 and 1014: several TAs at once, and the secure data path.</summary>
internal static class ConcurrencyCases
{
    private const int Threads = 3;

    internal static readonly XtestCase[] All =
    [
        new("regression_1013", "Test concurrency with concurrent TA", Concurrency),
        new("regression_1014", "Test secure data path against SDP TAs and pTAs", SecureDataPath),
    ];

    private static void Concurrency(CaseRun c)
    {
        Concurrency(c, "Using small concurrency TA", Concurrent.Uuid);
        Concurrency(c, "Using large concurrency TA", Concurrent.LargeUuid);
    }

    private static void Concurrency(CaseRun c, string title, Guid uuid)
    {
        using CaseRun.SubCase subCase = c.Begin(title);
        int loops = c.Level == 0 ? 12 : 24;
        uint repeat = 1000;
        double mean = 0;
        for (int i = 0; i < loops; i++)
        {
            uint busy, sha;
            using (c.Begin($"Busy loop repeat {repeat * 10}"))
                busy = Run(c, uuid, Concurrent.CommandBusyLoop, repeat * 10);
            using (c.Begin($"SHA-256 loop repeat {repeat}"))
                sha = Run(c, uuid, Concurrent.CommandSha256, repeat);
            mean += (busy + sha) / 2.0 / loops;
        }

        c.Log($"Number of parallel threads: {Threads}");
        c.Log($"Mean concurrency: {mean:0.##}");
    }

    private static uint Run(CaseRun c, Guid uuid, uint command, uint repeat)
    {
        using SharedMemory shared = c.Tee.AllocateSharedMemory(sizeof(uint));
        shared.Span.Clear();
        uint concurrency = 0;
        object tally = new();
        CoreCases.Parallel(Threads, _ =>
        {
            using TeeSession? session = c.Open(uuid);
            byte[] digest = new byte[32];
            Operation operation = command == Concurrent.CommandBusyLoop
                ? new Operation(Parameter.Whole(shared), Parameter.ValueInOut(repeat))
                : new Operation(Parameter.Whole(shared), Parameter.ValueInOut(repeat), Parameter.TempInput("abc"u8.ToArray()), Parameter.TempOutput(digest));
            if (!c.ExpectSuccess(session!.TryInvoke(command, operation, out TeecOrigin _)))
                return;
            if (command == Concurrent.CommandSha256)
                c.ExpectBytes(Vectors.Sha256OfAbc, digest);
            lock (tally)
                concurrency = Math.Max(concurrency, operation[1].B);
        });
        c.Expect(concurrency is > 0 and <= Threads, $"a concurrency of 1 to {Threads}, got {concurrency}");
        return concurrency;
    }

    private static void SecureDataPath(CaseRun c)
    {
        var options = new SdpOptions { Size = 17000, Loops = 10 };
        foreach (SdpPath path in SdpPath.All)
        {
            using (c.Begin("SDP: " + path.Title))
            {
                SdpOutcome outcome = SdpBasicTest.Run(c.Tee, path, options);
                c.Expect(outcome.Matches, outcome.Text);
            }
        }

        using (c.Begin("SDP: Invoke TA with out of bounds SDP memref"))
        {
            foreach (SdpOutcome outcome in OutOfBoundsTest.Run(c.Tee, options, includeValid: false))
                c.Expect(outcome.Matches, outcome.Text);
        }
    }
}
