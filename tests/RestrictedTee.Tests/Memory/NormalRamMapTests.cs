using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Memory;

/// <summary>Banks of normal RAM, few and many.</summary>
public sealed class NormalRamMapTests : IDisposable
{
    private const int Page = PhysicalAddress.PageSize;
    private readonly NormalRamMap _map = new();

    public void Dispose() => _map.Dispose();

    [Fact]
    public void A_range_is_found_in_the_bank_that_holds_all_of_it_and_in_no_other()
    {
        foreach (int at in (ReadOnlySpan<int>)[8, 0, 4, 2])
            Assert.True(_map.TryPlug(Bank(at, pages: 2)));

        for (int first = 0; first < 11; first++)
        {
            for (int length = 1; length <= 3; length++)
            {
                int start = first / 2 * 2;
                bool lies = first + length <= start + 2 && start is 0 or 2 or 4 or 8;
                Assert.Equal(lies && first + length <= start + 2, _map.TryFind(Range(first, length), out RamBank found));
                if (found is not null)
                    Assert.Equal(Range(start, 2), found.Range);
            }
        }
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(5, 1)]
    [InlineData(3, 4)]
    [InlineData(4, 2)]
    [InlineData(0, 20)]
    public void A_bank_that_overlaps_another_is_refused(int first, int pages)
    {
        Assert.True(_map.TryPlug(Bank(3, 3)));
        using RamBank other = Bank(first, pages);

        Assert.False(_map.TryPlug(other));
    }

    [Fact]
    public void A_bank_in_use_stays_and_one_that_is_not_goes_and_is_told()
    {
        RamBank bank = Bank(0, 1);
        _map.TryPlug(bank);
        var told = new List<RamBank>();
        _map.Unplugged += told.Add;
        bank.TryAddReference();

        Assert.False(_map.TryUnplug(bank.Range.Start));
        Assert.True(_map.Contains(bank));
        bank.Release();
        Assert.True(_map.TryUnplug(bank.Range.Start));

        Assert.False(_map.Contains(bank));
        Assert.Equal([bank], told);
    }

    [Fact]
    public void Plugging_one_more_takes_no_more_memory_where_there_are_many()
    {
        const int Many = 512;
        long AllocatedFor(int at)
        {
            RamBank bank = Bank(2 * at, 1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(_map.TryPlug(bank));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        AllocatedFor(0);
        for (int i = 1; i < Many; i++)
            AllocatedFor(i);

        Assert.InRange(AllocatedFor(Many), 0, Many * sizeof(long) / 2); // a list of all of them would be twice that
    }

    private static PhysicalRange Range(int first, int pages) => PhysicalRange.Create(new PhysicalAddress((ulong)(first * Page)), (ulong)(pages * Page));

    private static RamBank Bank(int first, int pages) => RamBank.Create(Range(first, pages), "map test");
}
