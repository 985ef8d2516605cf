using RestrictedTee.SecureWorld.Firewall;

namespace RestrictedTee.Tests.Firewall;

/// <summary>What a job wrote is known to the byte, however it is cut up.</summary>
public sealed class WrittenRangesTests
{
    [Fact]
    public void Random_writes_are_remembered_byte_by_byte()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            var ranges = new WrittenRanges();
            bool[] written = new bool[300];
            for (int i = 0; i < random.Next(60); i++)
            {
                (int start, int length) = (random.Next(280), random.Next(1, 20));
                ranges.Add((ulong)start, (ulong)length, mayGrow: true);
                written.AsSpan(start, length).Fill(true);
            }

            bool[] known = new bool[300];
            foreach ((ulong start, ulong end) in ranges.Ranges)
                known.AsSpan((int)start, (int)(end - start)).Fill(true);
            Assert.Equal(written, known);
            Assert.All(ranges.Ranges.Zip(ranges.Ranges.Skip(1)), pair => Assert.True(pair.First.End < pair.Second.Start));
        }
    }

    [Fact]
    public void More_ranges_than_are_kept_cover_more_than_was_written_and_never_less()
    {
        const int Max = 50;
        var ranges = new WrittenRanges();
        foreach (int i in Enumerable.Range(1, Max + 100).Reverse().Append(Max + 500))
            ranges.Add((ulong)i * 10, 1, mayGrow: ranges.Ranges.Count < Max);

        Assert.Equal(Max, ranges.Ranges.Count);
        Assert.All(Enumerable.Range(1, Max + 100).Append(Max + 500), i => Assert.Contains(ranges.Ranges, range => range.Start <= (ulong)i * 10 && range.End > (ulong)i * 10));
    }
}
