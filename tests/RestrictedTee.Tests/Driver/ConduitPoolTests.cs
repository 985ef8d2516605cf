using System.Collections.Concurrent;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Driver;

/// <summary>Who gets a conduit, with more callers than conduits, of every temper.</summary>
public sealed class ConduitPoolTests
{
    private const int Deadline = 60_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_caller_gets_its_turn_and_no_conduit_has_two_callers(int conduits)
    {
        const int Callers = 8, Calls = 400;
        ConduitPool pool = Create(conduits);
        int[] holders = new int[conduits];
        var failures = new ConcurrentQueue<string>();

        void Call(Random random, bool atOnce, int longEvery)
        {
            for (int call = 1; call <= Calls; call++)
            {
                CallSlot slot = pool.Rent(cancellable: null)!;
                if (Interlocked.Increment(ref holders[slot.Number]) != 1)
                    failures.Enqueue($"conduit {slot.Number} has two callers");
                if (call % longEvery == 0)
                    Thread.Sleep(3);
                Interlocked.Decrement(ref holders[slot.Number]);
                pool.Return(slot);
                if (!atOnce)
                    Thread.SpinWait(random.Next(5_000));
            }
        }

        // Half of them call again at once, half after work of their own; one in four makes many long calls.
        Thread[] threads = [.. Enumerable.Range(0, Callers).Select(n => new Thread(() => Call(new Random(n), n % 2 == 0, n % 4 == 3 ? 20 : 200)))];
        Array.ForEach(threads, thread => thread.Start());

        Assert.All(threads, thread => Assert.True(thread.Join(Deadline), "a caller never gets its turn"));
        Assert.Empty(failures);
        Assert.True(pool.TryDrain(conduits, Deadline));
    }

    [Fact]
    public void Callers_are_let_in_beside_calls_that_last()
    {
        const int Conduits = 5;
        ConduitPool pool = Create(Conduits);
        var held = new ConcurrentBag<CallSlot>();

        // As many at once as there are conduits, though fewer may poll: nobody returns before all have one.
        using var all = new CountdownEvent(Conduits);
        Thread[] threads = [.. Enumerable.Range(0, Conduits).Select(_ => new Thread(() =>
        {
            held.Add(pool.Rent(cancellable: null)!);
            all.Signal();
        }))];
        Array.ForEach(threads, thread => thread.Start());

        Assert.True(all.Wait(Deadline), $"only {held.Count} of {Conduits} calls are under way");
        Assert.False(pool.TryDrain(Conduits, 0));
        foreach (CallSlot slot in held)
            pool.Return(slot);
        Assert.True(pool.TryDrain(Conduits, 0));
    }

    [Fact]
    public void A_caller_that_keeps_coming_back_does_not_keep_the_conduit()
    {
        ConduitPool pool = Create(conduits: 1);
        bool stop = false;
        var greedy = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
                pool.Return(pool.Rent(cancellable: null)!);
        });
        greedy.Start();

        var modest = new Thread(() =>
        {
            for (int call = 0; call < 5; call++)
                pool.Return(pool.Rent(cancellable: null)!);
        });
        modest.Start();

        Assert.True(modest.Join(Deadline), "the other caller never gets its turn");
        Volatile.Write(ref stop, true);
        Assert.True(greedy.Join(Deadline));
    }

    private static ConduitPool Create(int conduits) =>
        new(Enumerable.Range(0, conduits).Select(number => new CallSlot(null!, number, null!, new PhysicalAddress(0))));
}
