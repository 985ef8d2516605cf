using System.Collections.Concurrent;
using RestrictedTee.Contracts;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Ffa;

/// <summary>One CPU makes calls through a page; another has it relinquished, reclaimed and its bank unplugged, over and over.</summary>
public sealed class PinnedMemoryRaceTests
{
    private const int Rounds = 1_500;

    [Theory]
    [InlineData(FfaFunction.MemShare32, EchoPartitions.RetrieveHow.None)]
    [InlineData(FfaFunction.MemLend32, EchoPartitions.RetrieveHow.Alone)]
    public void Calls_through_a_page_whose_bank_comes_and_goes_touch_nothing_that_has_gone(uint function, EchoPartitions.RetrieveHow how)
    {
        using var world = new SpmcWorld(mapsPartitionBuffers: false);
        SpmcWorld.Actor echo = world.Echo[0];
        PhysicalRange range = PhysicalRange.Create(new PhysicalAddress(0x5000_0000), 16 * PhysicalAddress.PageSize);
        var failures = new ConcurrentQueue<string>();
        int calls = 0, passed = 0;
        bool stop = false;

        void CallOn()
        {
            while (!Volatile.Read(ref stop))
            {
                if (PinnedMemoryTests.Proxy(world, echo, range.Start.Value, cpu: 1).A3 == EchoPartitions.Ok)
                    passed++;
                Interlocked.Increment(ref calls);
            }
        }

        void TakeAway()
        {
            for (int round = 0; round < Rounds; round++)
            {
                RamBank bank = RamBank.Create(range, "bank that comes and goes");
                FfaFrame.Of(FfaFunction.IdGet).AsReadOnlyBytes().CopyTo(bank.GetSpan(0, SmcFrame.Size));
                Expect(world.Ram.TryPlug(bank), "plug");
                SmcFrame sent = world.Send(world.NormalWorld, function, [SpmcWorld.RangeOf(range.Start)], [new FfaReceiver(echo.Id, FfaAccess.ReadWrite)], cpu: 2);
                Expect(sent.A0 == FfaFunction.Success32, "send");
                MemoryHandle handle = SpmcWorld.HandleOf(sent);
                Expect(PinnedMemoryTests.Ask(world, echo, 2, EchoPartitions.CommandRetrieve, handle.Low, handle.High, 0, (uint)how).A3 == EchoPartitions.Ok, "retrieve");
                int seen = Volatile.Read(ref calls);
                Expect(SpinWait.SpinUntil(() => Volatile.Read(ref calls) != seen, TimeSpan.FromSeconds(20)), "a call meanwhile");
                Expect(PinnedMemoryTests.Ask(world, echo, 2, EchoPartitions.CommandRelinquish, handle.Low, handle.High).A3 == EchoPartitions.Ok, "relinquish");
                Expect(world.Reclaim(world.NormalWorld, handle).Status() == FfaStatus.Success, "reclaim");
                Expect(world.Ram.TryUnplug(range.Start), "unplug: somebody still holds the bank");
            }
        }

        void Expect(bool condition, string step)
        {
            if (!condition)
                throw new InvalidOperationException(step);
        }

        void Run(Action body)
        {
            try
            {
                body();
            }
            catch (Exception e)
            {
                failures.Enqueue(e.ToString());
            }
            finally
            {
                Volatile.Write(ref stop, true);
            }
        }

        Thread[] threads = [new Thread(() => Run(CallOn)), new Thread(() => Run(TakeAway))];
        Array.ForEach(threads, thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs"));

        Assert.Empty(failures);
        Assert.True(passed > 0, "no call got through");
        Assert.Equal(0, world.Relayer.Count);
    }
}
