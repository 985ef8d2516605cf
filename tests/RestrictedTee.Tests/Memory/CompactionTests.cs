using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Firewall;

namespace RestrictedTee.Tests.Memory;

/// <summary>No failure below full: idle buffers are moved.</summary>
public sealed class CompactionTests
{
    private const int Page = PhysicalAddress.PageSize;

    [Fact]
    public void Of_the_4K_playback_pattern_nothing_is_refused_below_97_percent_when_nothing_is_mapped()
    {
        const int Size = 160 << 20;
        RestrictedRegion region = NewRegion(Size);
        var random = new Random(4);
        var live = new List<RestrictedBuffer>();
        int refused = 0;
        for (int step = 0; step < 20_000; step++)
        {
            // Eight frames of 12 MiB, bitstream buffers of 1 to 4 MiB and small ones; which go is as random as which come.
            int wanted = random.Next(10) switch
            {
                0 when live.Count(buffer => buffer.Size == 12 << 20) < 8 => 12 << 20,
                < 4 => (1 << 20) + (random.Next(3 << 20) / Page * Page),
                _ => Page * (1 + random.Next(32)),
            };
            if (region.State.Used + (long)wanted <= Size * 97L / 100)
            {
                if (region.Allocate((ulong)wanted, (ulong)step + 1) is { } buffer)
                    live.Add(buffer);
                else
                    refused++;
            }
            else
            {
                int gone = random.Next(live.Count);
                live[gone].Release();
                live.RemoveAt(gone);
            }
        }

        Assert.Equal(0, refused);
        live.ForEach(buffer => buffer.Release());
        Assert.Equal((0, Size), (region.State.Used, region.State.LargestFree));
        region.Unmap();
    }

    [Fact]
    public void A_buffer_that_is_moved_keeps_its_content_and_leaves_none_behind()
    {
        using var bench = new FirewallBench(SmallPool(pages: 8));
        RestrictedBuffer[] buffers = [.. Enumerable.Range(0, 8).Select(i => Filled(bench, (byte)(i + 1)))];
        foreach (int i in new[] { 0, 2, 5, 7 })
            bench.Memory.Free(buffers[i].Cookie);

        RestrictedBuffer large = bench.Allocate(4 * Page);

        Assert.True(FirewallBench.IsAll(large, 0));
        foreach (int i in new[] { 1, 3, 4, 6 })
            Assert.True(FirewallBench.IsAll(buffers[i], (byte)(i + 1)));
    }

    [Theory]
    [InlineData("mapped")]
    [InlineData("in use")]
    [InlineData("told where it lies")]
    public void A_buffer_is_not_moved_that_somebody_could_notice(string state)
    {
        using var bench = new FirewallBench(SmallPool(pages: 3));
        RestrictedBuffer first = Filled(bench, 1), middle = Filled(bench, 2), last = Filled(bench, 3);
        PhysicalRange before = middle.Range;
        AccessGrant grant = default;
        ulong handle = 0;
        if (state == "mapped")
            handle = bench.Map(FirewallBench.Decoder, middle, AccessRights.Read);
        else if (state == "in use")
            Assert.True(bench.Rules.TryGrant(FirewallBench.SecureTa, 1, middle, 0, 1, AccessRights.Read, out grant));
        else
            middle.Fix();
        bench.Memory.Free(first.Cookie);
        bench.Memory.Free(last.Cookie);

        Assert.Null(bench.Memory.Allocate(bench.Memory.Pools[0], 2 * Page));

        Assert.Equal(before, middle.Range);
        grant.Dispose();
        bench.Access.Unmap(handle);
        Assert.Equal(state != "told where it lies", bench.Memory.Allocate(bench.Memory.Pools[0], 2 * Page) is not null);
    }

    [Fact]
    public void The_plan_pushes_the_fewest_bytes_that_open_the_hole()
    {
        var random = new Random(97);
        for (int round = 0; round < 2000; round++)
        {
            CompactionPlan.Block[] blocks = RandomBlocks(random, out int size);
            int needed = 1 + random.Next(12);

            bool found = CompactionPlan.TryFind(blocks, size, needed, out int first, out int last);

            int best = Enumerable.Range(0, blocks.Length)
                .SelectMany(i => Enumerable.Range(i, blocks.Length - i).Select(j => Bytes(blocks, size, i, j, needed))).DefaultIfEmpty(int.MaxValue).Min();
            Assert.Equal(best, found ? Bytes(blocks, size, first, last, needed) : int.MaxValue);
        }
    }

    private static int Bytes(CompactionPlan.Block[] blocks, int size, int first, int last, int needed)
    {
        CompactionPlan.Block[] run = blocks[first..(last + 1)];
        int start = first == 0 ? 0 : blocks[first - 1].End;
        int end = last + 1 < blocks.Length ? blocks[last + 1].Start : size;
        int bytes = run.Sum(block => block.Length);
        return run.All(block => block.IsMovable) && end - start - bytes >= needed ? bytes : int.MaxValue;
    }

    private static CompactionPlan.Block[] RandomBlocks(Random random, out int size)
    {
        var blocks = new List<CompactionPlan.Block>();
        int at = 0;
        for (int i = random.Next(9); i > 0; i--)
        {
            at += random.Next(4);
            blocks.Add(new CompactionPlan.Block(at, 1 + random.Next(6), random.Next(5) != 0));
            at = blocks[^1].End;
        }

        size = at + random.Next(4);
        return [.. blocks];
    }

    private static RestrictedBuffer Filled(FirewallBench bench, byte value)
    {
        RestrictedBuffer buffer = bench.Allocate(Page);
        bench.Fill(buffer, value);
        return buffer;
    }

    private static BoardFile SmallPool(int pages) => BoardFile.Default with
    {
        Pools = [new PoolRegion { UseCase = UseCase.SecureVideoPlay, Base = 0x0f00_0000, Size = (ulong)(pages * Page) }],
    };

    private static RestrictedRegion NewRegion(int size) => new(
        UseCase.SecureVideoPlay, PhysicalRange.Create(new PhysicalAddress(0x8000_0000), (ulong)size), SecretMapping.Create(size, SecretMemoryChoice.Off));
}
