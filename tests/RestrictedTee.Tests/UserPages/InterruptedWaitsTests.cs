using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.UserPages;

namespace RestrictedTee.Tests.UserPages;

/// <summary>Which waits of a held thread are made again, by its registers of x86-64.</summary>
public sealed class InterruptedWaitsTests
{
    private const long Interrupted = -4, TryAgain = -11, RestartWithoutHandler = -514;
    private const ulong Read = 0, SemOp = 65, EpollWait = 232, EpollPWait2 = 441;

    [Theory]
    [InlineData(EpollWait, 0xFFFF_FFFFUL, Interrupted, RestartWithoutHandler)] // a timeout of -1
    [InlineData(EpollWait, 5000UL, Interrupted, Interrupted)]
    [InlineData(EpollPWait2, 0UL, Interrupted, RestartWithoutHandler)]
    [InlineData(EpollPWait2, 0x7fff_0000UL, Interrupted, Interrupted)]
    [InlineData(SemOp, 0UL, Interrupted, RestartWithoutHandler)]
    [InlineData(EpollWait, 0xFFFF_FFFFUL, 3L, 3L)]
    [InlineData(SemOp, 0UL, TryAgain, TryAgain)]
    [InlineData(Read, 0UL, Interrupted, Interrupted)]
    [InlineData(ulong.MaxValue, 0UL, Interrupted, Interrupted)] // in its own code
    public void Those_that_a_stop_has_ended_and_that_have_no_limit_are(ulong call, ulong fourth, long result, long expected)
    {
        var registers = new Libc.Registers { OriginalRax = call, R10 = fourth, Rax = unchecked((ulong)result) };

        Assert.Equal(result != expected, InterruptedWaits.TryMakeAgain(ref registers));

        Assert.Equal(expected, unchecked((long)registers.Rax));
    }
}
