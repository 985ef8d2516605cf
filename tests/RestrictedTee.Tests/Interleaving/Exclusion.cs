using RestrictedTee.SmcTransport.Lifetimes;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Stops one thread inside of a critical section and sees whether another gets in beside it: no luck of the scheduler is needed.</summary>
internal static class Exclusion
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Asserts that <paramref name="other"/> neither ends nor gets as far while <paramref name="inside"/> is at the point, and that both end after it.</summary>
    /// <param name="owner">The object whose point it is.</param>
    /// <param name="inside">Reaches the point.</param>
    /// <param name="other">Must be kept out meanwhile.</param>
    internal static void Assert(object owner, Action inside, Action other)
    {
        using var arrived = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        int reached = 0;
        InterleavingPoint.Watch(owner, () =>
        {
            if (Interlocked.Increment(ref reached) != 1)
                return;
            arrived.Set();
            leave.Wait(Deadline);
        });
        try
        {
            Exception? failure = null;
            Thread first = Start(inside), second = new(() => Run(other)) { IsBackground = true };
            Xunit.Assert.True(arrived.Wait(Deadline), $"The point is not reached: {failure}");
            second.Start();
            Xunit.Assert.True(SpinWait.SpinUntil(() => IsOut(second) || second.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Deadline));
            bool gotIn = IsOut(second) || Volatile.Read(ref reached) > 1;
            leave.Set();
            Xunit.Assert.True(first.Join(Deadline) && second.Join(Deadline), "One of them does not end.");
            Xunit.Assert.False(gotIn, "The other got in.");
            Xunit.Assert.Null(failure);

            Thread Start(Action action)
            {
                var thread = new Thread(() => Run(action)) { IsBackground = true };
                thread.Start();
                return thread;
            }

            void Run(Action action)
            {
                try
                {
                    action();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            }

            static bool IsOut(Thread thread) => thread.ThreadState.HasFlag(ThreadState.Stopped);
        }
        finally
        {
            leave.Set();
            InterleavingPoint.Unwatch(owner);
        }
    }
}
