using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Ffa;

/// <summary>Share, lend, retrieve, relinquish, reclaim and plain use of the same pages from several threads.</summary>
public sealed class RelayerRaceTests
{
    private const int Threads = 6;
    private const int Rounds = 4_000;
    private const int Pages = 8;

    [Fact]
    public void No_page_is_ever_in_two_hands_and_none_is_lost()
    {
        using var world = new SpmcWorld();
        MemoryRelayer relayer = world.Relayer;
        int[] exclusive = new int[Pages]; // holders that must be alone: transactions
        int[] used = new int[Pages]; // plain uses, of which there may be many, but never beside a transaction
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        int transactions = 0, uses = 0;

        void Run(int seed)
        {
            var random = new Random(seed);
            for (int round = 0; round < Rounds; round++)
            {
                int first = random.Next(Pages), count = 1 + random.Next(Math.Min(3, Pages - first));
                PhysicalRange range = PhysicalRange.Create(world.NormalWorld.Page(first), (ulong)count * PhysicalAddress.PageSize);
                int[] pages = [.. Enumerable.Range(first, count)];
                if (random.Next(3) == 0)
                {
                    if (!relayer.Uses.TryUse(range, out MemoryLease lease))
                        continue;
                    Interlocked.Increment(ref uses);
                    Array.ForEach(pages, page => Interlocked.Increment(ref used[page]));
                    if (pages.Any(page => Volatile.Read(ref exclusive[page]) != 0))
                        failures.Enqueue("a page was used while it was in a transaction");
                    Array.ForEach(pages, page => Interlocked.Decrement(ref used[page]));
                    lease.Dispose();
                    continue;
                }

                TransactionKind kind = random.Next(2) == 0 ? TransactionKind.Share : TransactionKind.Lend;
                SpmcWorld.Actor receiver = world.Echo[random.Next(2)];
                var head = new FfaTransactionHead(PartitionId.NormalWorld, FfaMemoryAttributes.NotSpecified, FfaMemoryFlags.None, default, Tag: 0);
                FfaReceiver[] receivers = [new FfaReceiver(receiver.Id, FfaAccess.ReadWrite)];
                if (relayer.Send(kind, head, receivers, [range], out MemoryTransaction? transaction) != FfaStatus.Success)
                    continue;
                Interlocked.Increment(ref transactions);
                if (pages.Any(page => Interlocked.Increment(ref exclusive[page]) != 1 || Volatile.Read(ref used[page]) != 0))
                    failures.Enqueue("a page was in two hands");

                FfaReceiver[] asked = [new FfaReceiver(receiver.Id, FfaAccess.ReadWrite | (kind == TransactionKind.Lend ? FfaAccess.NotExecutable : 0))];
                var request = new FfaTransactionHead(PartitionId.NormalWorld, FfaMemoryAttributes.NotSpecified, FfaMemoryFlags.None, transaction!.Handle, Tag: 0);
                int retrievals = random.Next(3);
                for (int i = 0; i < retrievals; i++)
                {
                    if (relayer.Retrieve(receiver.Id, request, asked, out _, out _) != FfaStatus.Success)
                        failures.Enqueue("a retrieval failed");
                }

                if (retrievals > 0)
                {
                    if (relayer.Reclaim(PartitionId.NormalWorld, transaction.Handle, FfaMemoryFlags.None) != FfaStatus.Denied)
                        failures.Enqueue("memory was reclaimed under its receiver");
                    world.TryWrite(receiver, range.Start, (byte)seed);
                }

                for (int i = 0; i < retrievals; i++)
                    relayer.Relinquish(receiver.Id, transaction.Handle, FfaMemoryFlags.None);
                Array.ForEach(pages, page => Interlocked.Decrement(ref exclusive[page]));
                if (relayer.Reclaim(PartitionId.NormalWorld, transaction.Handle, FfaMemoryFlags.None) != FfaStatus.Success)
                    failures.Enqueue("memory could not be reclaimed");
            }
        }

        Thread[] threads = [.. Enumerable.Range(1, Threads).Select(seed => new Thread(() => Run(seed)))];
        Array.ForEach(threads, thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs"));

        Assert.Empty(failures);
        Assert.Equal(0, relayer.Count);
        Assert.True(transactions > Rounds / 10 && uses > Rounds / 10, $"{transactions} transactions and {uses} uses");
        // Nothing is left in any state: all pages can be lent in one piece.
        FfaStatus whole = world.Send(
            world.NormalWorld, FfaFunction.MemLend32, [SpmcWorld.RangeOf(world.NormalWorld.Page(0), Pages)], [new FfaReceiver(world.Echo[0].Id, FfaAccess.ReadWrite)]).Status();
        Assert.Equal(FfaStatus.Success, whole);
    }

    [Fact]
    public void A_bank_that_comes_and_goes_leaves_no_count_on_the_one_that_follows_it()
    {
        const int Users = 2, Wanted = 500; // of uses and of transactions, by each user
        const int AttemptsBetweenSwaps = 8;
        PhysicalRange range = PhysicalRange.Create(new PhysicalAddress(0x4000_0000), Pages * PhysicalAddress.PageSize);
        var head = new FfaTransactionHead(PartitionId.NormalWorld, FfaMemoryAttributes.NotSpecified, FfaMemoryFlags.None, default, Tag: 0);
        FfaReceiver[] receivers = [new FfaReceiver(PartitionId.Tee, FfaAccess.ReadWrite)];
        using var ram = new NormalRamMap();
        using var relayer = new MemoryRelayer(ram, SecretMemoryChoice.Off);
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        int running = Users, swaps = 0;

        void Use(int seed)
        {
            var random = new Random(seed);
            for (int uses = 0, transactions = 0, attempts = 1; (uses < Wanted || transactions < Wanted) && failures.IsEmpty; attempts++)
            {
                if (attempts % AttemptsBetweenSwaps == 0)
                    WaitForSwap(); // so that the bank comes and goes however the threads are scheduled
                Thread.SpinWait(random.Next(2_000));
                if (random.Next(2) == 0)
                {
                    if (!relayer.Uses.TryUse(range, out MemoryLease lease))
                        continue;
                    uses++;
                    if (random.Next(4) == 0)
                        Thread.Yield();
                    lease.Dispose();
                }
                else if (relayer.Send(TransactionKind.Share, head, receivers, [range], out MemoryTransaction? share) == FfaStatus.Success)
                {
                    transactions++;
                    if (relayer.Reclaim(PartitionId.NormalWorld, share!.Handle, FfaMemoryFlags.None) is not FfaStatus.Success and var status)
                        failures.Enqueue($"reclaim answered {status}");
                }
            }
        }

        void WaitForSwap()
        {
            for (int before = Volatile.Read(ref swaps); Volatile.Read(ref swaps) == before && failures.IsEmpty;)
                Thread.Yield();
        }

        void Swap()
        {
            while (Volatile.Read(ref running) > 0)
            {
                RamBank bank = RamBank.Create(range, "bank that comes and goes");
                if (!ram.TryPlug(bank))
                    bank.Dispose();
                Thread.Yield();
                if (ram.TryUnplug(range.Start))
                    Interlocked.Increment(ref swaps);
            }
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
        }

        Thread[] threads = [.. Enumerable.Range(1, Users).Select(seed => new Thread(() =>
        {
            Run(() => Use(seed));
            Interlocked.Decrement(ref running);
        }))];
        var swapper = new Thread(() => Run(Swap));
        Array.ForEach([.. threads, swapper], thread => thread.Start());
        Assert.All([.. threads, swapper], thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs"));

        Assert.Empty(failures);
        ram.TryPlug(RamBank.Create(range, "the last one"));
        Assert.Equal(FfaStatus.Success, relayer.Send(TransactionKind.Lend, head, receivers, [range], out _));
        Assert.Equal(1, relayer.Count);
    }
}
