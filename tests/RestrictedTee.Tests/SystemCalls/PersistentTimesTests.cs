using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.SystemCalls;
using RestrictedTee.Tests.Crypto;

namespace RestrictedTee.Tests.SystemCalls;

/// <summary>TEE_GetTAPersistentTime and TEE_SetTAPersistentTime (GPD_SPE_010 sections 7.2.3 and 7.2.4).</summary>
public sealed class PersistentTimesTests
{
    private static readonly Guid One = Guid.NewGuid(), Other = Guid.NewGuid();

    private readonly PersistentTimes _times = new();

    [Fact]
    public void Nobody_has_set_the_time_of_another_ta()
    {
        _times.Set(One, now: 5, new TeeTime(1, 0));

        Assert.Equal(TeeResult.TimeNotSet, _times.Get(Other, now: 5, out _));
    }

    [Theory]
    [InlineData(100u, 250u, 0L, 100u, 250u)]
    [InlineData(100u, 250u, 750L, 101u, 0u)]
    [InlineData(0u, 0u, 86_400_001L, 86_400u, 1u)]
    public void The_time_goes_on_from_where_it_was_set(uint seconds, uint millis, long passed, uint wantedSeconds, uint wantedMillis)
    {
        _times.Set(One, now: 123_456, new TeeTime(seconds, millis));

        TeeResult result = _times.Get(One, now: 123_456 + passed, out TeeTime time);

        Assert.Equal((TeeResult.Success, new TeeTime(wantedSeconds, wantedMillis)), (result, time));
    }

    [Fact]
    public void Seconds_that_do_not_fit_are_an_overflow_and_told_as_far_as_they_fit()
    {
        _times.Set(One, now: 0, new TeeTime(uint.MaxValue, 999));

        Assert.Equal(TeeResult.Success, _times.Get(One, now: 0, out _));
        TeeResult result = _times.Get(One, now: 2_001, out TeeTime time);
        Assert.Equal((TeeResult.Overflow, new TeeTime(2, 0)), (result, time));
    }

    [Fact]
    public void Who_gives_a_second_of_more_than_1000_milliseconds_panics()
    {
        uint panic = 0;

        SdkThread.Run(() => panic = SdkThread.PanicOf(() => TeeClock.SetPersistent(new TeeTime(1, 1000))));

        Assert.Equal((uint)TeeResult.BadParameters, panic);
    }

    [Fact]
    public void The_time_is_not_set_until_it_is()
    {
        TeeResult before = default, after = default;
        TeeTime time = default;

        SdkThread.Run(() =>
        {
            before = TeeClock.TryGetPersistent(out _);
            TeeClock.SetPersistent(new TeeTime(uint.MaxValue - 1000, 0));
            after = TeeClock.TryGetPersistent(out time);
        });

        Assert.Equal((TeeResult.TimeNotSet, TeeResult.Success), (before, after));
        Assert.InRange(time.Seconds, uint.MaxValue - 1000, uint.MaxValue);
    }
}
