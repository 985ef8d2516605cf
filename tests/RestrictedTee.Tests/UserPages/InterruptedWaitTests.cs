using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.NormalWorld.UserPages;

namespace RestrictedTee.Tests.UserPages;

/// <summary>Which waits of a held thread are made again, by its registers of x86-64.</summary>
public sealed class InterruptedWaitTests
{
    private const ulong Read = 0, SemOp = 65, EpollWait = 232, EpollPWait2 = 441;

    [Theory]
    [InlineData(EpollWait, 0xFFFF_FFFFUL, true)] // a timeout of -1
    [InlineData(EpollWait, 5000UL, false)]
    [InlineData(EpollPWait2, 0UL, true)]
    [InlineData(EpollPWait2, 0x7fff_0000UL, false)]
    [InlineData(SemOp, 0UL, true)]
    [InlineData(Read, 0UL, false)]
    [InlineData(ulong.MaxValue, 0UL, false)] // in its own code
    public void Those_that_have_no_limit_are(ulong call, ulong fourth, bool isMadeAgain) =>
        Assert.Equal(isMadeAgain, InterruptedWait.IsEndless(new Libc.Registers { OriginalRax = call, R10 = fourth }));
}
