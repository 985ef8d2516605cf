using RestrictedTee.SmcTransport.Conduits;

namespace RestrictedTee.Tests.Conduits;

/// <summary>When a wait begins with a poll, and when it does not: the rule alone, with a clock that stands still.</summary>
public sealed class PollingTests
{
    private const long Now = 1_000_000_000_000;
    private static readonly long Long = 2 * PollingBet.StakeTicks, Short = PollingBet.StakeTicks / 50;

    [Fact]
    public void A_conduit_on_which_polls_pay_is_polled_always()
    {
        var bet = new PollingBet();

        for (int wait = 0; wait < 1000; wait++)
        {
            Assert.True(bet.Place());
            bet.Won(Short);
        }
    }

    [Fact]
    public void A_conduit_on_which_no_poll_pays_is_polled_once_in_sixty_four_waits()
    {
        var bet = new PollingBet();
        var sitOuts = new List<int>();
        int satOut = 0;
        while (sitOuts.Count < 8)
        {
            if (bet.Place())
            {
                sitOuts.Add(satOut);
                satOut = 0;
                bet.Lost();
            }
            else
            {
                satOut++;
                bet.SatOut(Long);
            }
        }

        Assert.Equal([0, 1, 3, 7, 15, 31, 63, 63], sitOuts);
    }

    [Fact]
    public void Polling_begins_again_with_the_first_wait_that_a_poll_would_have_won()
    {
        var bet = new PollingBet();
        for (int loss = 0; loss < 3; loss++)
        {
            while (!bet.Place())
                bet.SatOut(Long);
            bet.Lost();
        }

        Assert.False(bet.Place());
        bet.SatOut(PollingBet.StakeTicks - 1);

        Assert.True(bet.Place());
        bet.Lost();
        Assert.False(bet.Place());
        bet.SatOut(Long);
        Assert.True(bet.Place());
    }

    [Fact]
    public void A_poll_that_wins_later_than_blocked_waits_end_is_lost_and_polling_resumes_when_that_changes()
    {
        var bet = new PollingBet();
        for (int wait = 0; wait < 10; wait++)
            bet.Blocked(Short);
        Assert.True(bet.Place());
        bet.Won(10 * Short);

        Assert.False(bet.Place());
        bet.SatOut(Short); // short, but no reason to poll
        Assert.True(bet.Place());
        bet.Won(10 * Short);
        Assert.False(bet.Place());

        int waits = 0;
        while (!bet.Place())
        {
            bet.SatOut(40 * Short); // shorter than a poll lasts, longer than one takes
            waits++;
        }

        Assert.InRange(waits, 1, 3);
        bet.Won(10 * Short);
        Assert.True(bet.Place());
    }

    [Fact]
    public void Nobody_polls_for_a_while_after_a_poller_has_lost_a_slice()
    {
        var crowding = new Crowding();
        Assert.False(crowding.IsNoticed(Now));

        crowding.Notice(Now, Crowding.MostLost);

        Assert.True(crowding.IsNoticed(Now));
        Assert.True(crowding.IsNoticed(Now + Crowding.ShortestPause - 1));
        Assert.False(crowding.IsNoticed(Now + Crowding.ShortestPause));
    }

    [Fact]
    public void What_is_lost_now_and_then_does_not_count_and_what_is_lost_again_and_again_does()
    {
        var crowding = new Crowding();
        long lost = Crowding.MostLost / 4, now = Now;
        for (int times = 0; times < 1000; times++, now += lost * Crowding.Allowance)
        {
            crowding.Notice(now, lost);
            Assert.False(crowding.IsNoticed(now));
        }

        for (int times = 0; times < 4; times++)
            crowding.Notice(++now, lost);

        Assert.True(crowding.IsNoticed(now));
    }

    [Fact]
    public void The_pause_doubles_while_the_machine_stays_busy_and_is_short_again_after_a_quiet_time()
    {
        var crowding = new Crowding();
        long now = Now, pause = Crowding.ShortestPause;
        for (int times = 0; times < 12; times++)
        {
            crowding.Notice(now, Crowding.MostLost);
            Assert.True(crowding.IsNoticed(now + pause - 1));
            Assert.False(crowding.IsNoticed(now + pause));
            now += pause;
            pause = Math.Min(2 * pause, Crowding.LongestPause);
        }

        now += Crowding.LongestPause / 2;
        crowding.Notice(now, Crowding.MostLost);

        Assert.True(crowding.IsNoticed(now));
        Assert.False(crowding.IsNoticed(now + Crowding.ShortestPause));
    }

    [Fact]
    public void Two_who_notice_at_once_do_not_make_the_pause_longer()
    {
        var crowding = new Crowding();
        crowding.Notice(Now, Crowding.MostLost);
        crowding.Notice(Now + 1, Crowding.MostLost);

        Assert.False(crowding.IsNoticed(Now + Crowding.ShortestPause));
    }
}
