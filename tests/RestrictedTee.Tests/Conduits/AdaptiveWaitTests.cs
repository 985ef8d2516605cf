using RestrictedTee.SmcTransport.Conduits;

namespace RestrictedTee.Tests.Conduits;

/// <summary>However a wait goes about it (which depends on the machine), what it waits for is taken, once, and by nobody after that.</summary>
public sealed class AdaptiveWaitTests
{
    private const int Waits = 300;

    /// <summary>At once, after some polls, only long after, and not before it is blocked for.</summary>
    public static TheoryData<int> PollsBefore => [0, 5, 2000, int.MaxValue];

    [Theory]
    [MemberData(nameof(PollsBefore))]
    public void What_is_waited_for_is_taken_once(int pollsBefore)
    {
        var wait = new AdaptiveWait();
        for (int i = 0; i < Waits; i++)
        {
            var awaited = new Awaited(pollsBefore);

            wait.Wait(ref awaited);

            Assert.Equal(1, awaited.Taken);
            Assert.Equal(0, awaited.Naps);
        }
    }

    [Theory]
    [MemberData(nameof(PollsBefore))]
    public void An_answer_is_taken_once_and_slept_for_no_longer_than_the_longest_wait_that_is_foreseen(int pollsBefore)
    {
        var wait = new AdaptiveWait();
        for (int i = 0; i < Waits; i++)
        {
            var awaited = new Awaited(pollsBefore);

            wait.WaitForAnswer(ref awaited);

            Assert.Equal(1, awaited.Taken);
            Assert.InRange(awaited.Naps, 0, 1);
            Assert.InRange(awaited.LongestNap, 0, Foresight.Longest);
        }
    }

    private struct Awaited(int pollsBefore) : IAnswer
    {
        private int _polls;

        internal int Taken { get; private set; }

        internal int Naps { get; private set; }

        internal long LongestNap { get; private set; }

        public bool TryTake()
        {
            if (_polls++ < pollsBefore)
                return false;
            Taken++;
            return true;
        }

        public void Take() => Taken++;

        public void Nap(long ticks)
        {
            Naps++;
            LongestNap = Math.Max(LongestNap, ticks);
        }
    }
}
