using System.Diagnostics;
using RestrictedTee.SmcTransport.Conduits;

namespace RestrictedTee.Tests.Conduits;

/// <summary>When the end of a long wait is foreseen, and when it is not: the rule alone, with numbers for waits.</summary>
public sealed class ForesightTests
{
    private const int Few = 16;
    private static readonly long Usual = Stopwatch.Frequency / 2000; // 500 µs

    [Fact]
    public void A_wait_is_never_foreseen_before_one_has_ended() => Assert.False(new Foresight().TryForesee(out _, out _));

    [Fact]
    public void Equal_waits_are_foreseen_after_a_few_and_the_poll_is_about_their_end()
    {
        var foresight = new Foresight();

        int waits = WaitsUntilForeseen(foresight, Usual, out long from, out long until);

        Assert.InRange(waits, 2, Few);
        Assert.InRange(from, 0, Usual - Foresight.Lead);
        Assert.InRange(until, Usual + Foresight.Lead, Usual + Foresight.Lead + (2 * Foresight.MostSpread));
        Assert.Equal(Usual - from, until - Usual);
    }

    [Fact]
    public void Waits_that_lie_far_apart_are_not_foreseen()
    {
        var foresight = new Foresight();
        for (int wait = 0; wait < 1000; wait++)
        {
            Assert.False(foresight.TryForesee(out _, out _));
            foresight.Blocked(wait % 2 == 0 ? Usual : 2 * Usual);
        }
    }

    [Fact]
    public void Waits_that_lie_a_little_apart_are_foreseen_by_a_longer_poll()
    {
        var foresight = new Foresight();
        long apart = Foresight.MostSpread / 2;
        for (int wait = 0; wait < 100; wait++)
            foresight.Blocked(wait % 2 == 0 ? Usual - apart : Usual + apart);

        Assert.True(foresight.TryForesee(out long from, out long until));
        Assert.InRange(from, 0, Usual - apart - Foresight.Lead);
        Assert.InRange(until, Usual + apart + Foresight.Lead, long.MaxValue);
    }

    [Fact]
    public void The_longest_wait_is_foreseen_and_a_longer_one_is_not()
    {
        Foresight longest = Learned(Foresight.Longest), longer = Learned(Foresight.Longest + 8); // one eighth is the least that moves the mean

        Assert.True(longest.TryForesee(out _, out _));
        Assert.False(longer.TryForesee(out _, out _));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(0)]
    public void One_that_is_far_out_does_not_end_it_for_long(int times)
    {
        Foresight foresight = Learned(Usual);

        foresight.Blocked(times * Usual);
        Assert.False(foresight.TryForesee(out _, out _));

        int waits = WaitsUntilForeseen(foresight, Usual, out long from, out long until);
        Assert.InRange(waits, 1, Few);
        Assert.InRange(Usual, from, until);
    }

    [Fact]
    public void Waits_that_become_longer_once_and_for_all_are_foreseen_anew()
    {
        Foresight foresight = Learned(Usual);
        for (int wait = 0; wait < 100; wait++)
            foresight.Blocked(3 * Usual);

        Assert.True(foresight.TryForesee(out long from, out long until));
        Assert.InRange(3 * Usual, from, until);
    }

    [Fact]
    public void Who_loses_sits_out_twice_as_many_waits_after_each_loss_and_none_once_it_has_won()
    {
        Foresight foresight = Learned(Usual);
        var sitOuts = new List<int>();
        for (int loss = 0; loss < 4; loss++)
        {
            sitOuts.Add(WaitsUntilForeseen(foresight, Usual, out _, out _));
            foresight.Lost();
        }

        Assert.Equal([0, 1, 3, 7], sitOuts);
        Assert.Equal(15, WaitsUntilForeseen(foresight, Usual, out _, out _));
        foresight.Won(Usual);
        Assert.True(foresight.TryForesee(out _, out _));
        foresight.Lost();
        Assert.Equal(1, WaitsUntilForeseen(foresight, Usual, out _, out _));
    }

    [Fact]
    public void A_poll_that_wins_later_than_blocked_waits_end_is_lost()
    {
        Foresight foresight = Learned(Usual);

        Assert.True(foresight.TryForesee(out _, out _));
        foresight.Won(Usual + 1);

        Assert.False(foresight.TryForesee(out _, out _));
    }

    private static Foresight Learned(long ticks)
    {
        var foresight = new Foresight();
        for (int wait = 0; wait < 100; wait++)
            foresight.Blocked(ticks);
        return foresight;
    }

    /// <summary>How many waits are not foreseen, until one is.</summary>
    private static int WaitsUntilForeseen(Foresight foresight, long ticks, out long from, out long until)
    {
        int waits = 0;
        while (!foresight.TryForesee(out from, out until) && waits < 1000)
        {
            foresight.Blocked(ticks);
            waits++;
        }

        return waits;
    }
}
