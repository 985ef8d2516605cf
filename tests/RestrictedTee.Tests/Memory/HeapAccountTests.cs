using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Memory;

/// <summary>Limits for a pool and for each of its clients.</summary>
public sealed class HeapAccountTests
{
    [Fact]
    public void A_client_over_its_limit_is_refused_and_another_is_served_until_all_together_are()
    {
        var account = new HeapAccount("test");
        account.SetLimits(all: 100, eachClient: 60);
        Errno Charge(int client, ulong size) => Assert.Throws<TeeDriverException>(() => account.Charge(client, size)).Errno;

        account.Charge(1, 60);
        account.NotePeak(1);
        Assert.Equal(Errno.EAGAIN, Charge(1, 1));
        account.Charge(2, 40);
        account.NotePeak(2);
        Assert.Equal(Errno.EAGAIN, Charge(3, 1));
        Assert.Equal(Errno.ENOMEM, Charge(3, ulong.MaxValue));
        account.Uncharge(1, 60);
        account.Charge(3, 50);

        Assert.Equal(new HeapUsage(90, 100, 100), account.Usage);
        Assert.Equal([(3, 50UL), (2, 40UL)], account.Clients.Select(client => (client.Pid, client.Usage.Used)));
        account.SetLimits(null, null);
        account.Charge(1, 1000);
    }

    [Fact]
    public void A_limit_holds_at_the_heap_and_is_listed_with_use_and_peak()
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();
        tee.Host.Heaps.All[0].Account.SetLimits(all: 16384, eachClient: 8192);

        DmaBufHandle first = context.AllocateRestricted("protected,secure-video", 8192);
        Assert.Equal(Errno.EAGAIN, Assert.Throws<TeeDriverException>(() => context.AllocateRestricted("protected,secure-video", 1)).Errno);
        first.Dispose();
        using DmaBufHandle second = context.AllocateRestricted("protected,secure-video", 4096);

        HeapInfo listed = context.Heaps[0];
        Assert.Equal((4096UL, 8192UL, 16384UL), (listed.Charged, listed.Peak, listed.Limit));
        Assert.Equal(new HeapClientUsage(Environment.ProcessId, new HeapUsage(4096, 4096, 8192)), Assert.Single(listed.Clients));
    }

    [Fact]
    public void What_does_not_fit_is_not_charged_and_no_peak()
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();

        Assert.Equal(Errno.ENOMEM, Assert.Throws<TeeDriverException>(() => tee.Host.Heaps.All[0].Allocate(1UL << 40, 0, 1)).Errno);

        Assert.Equal((0UL, 0UL), (context.Heaps[0].Charged, context.Heaps[0].Peak));
    }
}
