using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.NormalWorld.UserPages;

namespace RestrictedTee.Tests.UserPages;

/// <summary>What of a client's memory can be replaced, by what /proc/PID/maps says of it.</summary>
public sealed class PagePlanTests
{
    private const string Map = """
        00400000-00402000 r-xp 00000000 08:01 77                                 /usr/bin/client
        00402000-00404000 rw-p 00002000 08:01 77                                 /usr/bin/client
        00404000-00406000 rw-p 00000000 00:00 0                                  [heap]
        00408000-0040a000 rw-s 00000000 00:01 1234                               /memfd:its own (deleted)
        0040a000-0040c000 rw-p 00000000 00:00 0                                  [stack]
        """;

    private static readonly ProcessMapping[] Mappings = [.. Map.Split('\n').Select(ProcessMapping.Parse)];

    [Fact]
    public void A_line_of_the_map_is_read_with_its_rights_its_file_and_its_name()
    {
        ProcessMapping mapping = Mappings[3];

        Assert.Equal((new UserRange(0x408000, 0x40a000), 3, true, 0ul, 1234ul, "/memfd:its own (deleted)"),
            (mapping.Range, mapping.Protection, mapping.IsShared, mapping.Offset, mapping.File.Inode, mapping.Name));
    }

    [Fact]
    public void What_lies_in_two_mappings_is_two_pieces_of_one_file()
    {
        PagePlan plan = Plan(0x403000, 0x405000)!;

        Assert.Equal([(0x403000ul, 0ul), (0x404000ul, 0x1000ul)], plan.Pieces.Select(piece => (piece.Range.Start, piece.Offset)));
        Assert.Equal(0x2000ul, plan.OwnBytes);
    }

    [Theory]
    [InlineData(0x401000, 0x403000)] // text
    [InlineData(0x405000, 0x407000)] // a hole behind it
    [InlineData(0x406000, 0x408000)] // nothing at all
    [InlineData(0x407000, 0x409000)] // a hole before it
    public void Memory_that_cannot_all_be_written_is_no_address(ulong start, ulong end) =>
        Assert.Equal(Errno.EFAULT, Assert.Throws<TeeDriverException>(() => Plan(start, end)).Errno);

    [Theory]
    [InlineData(0x408000, 0x409000)] // the client's own file has another owner
    [InlineData(0x40a000, 0x40b000)] // below it the stack would not grow any more
    public void What_cannot_be_replaced_is_left_alone(ulong start, ulong end) => Assert.Null(Plan(start, end));

    [Fact]
    public void A_stack_can_be_replaced_above_its_lower_end() => Assert.Equal(0x1000ul, Plan(0x40b000, 0x40c000)!.OwnBytes);

    [Theory]
    [InlineData(0x1000, 1, 0x1000, 0x2000)]
    [InlineData(0x1fff, 2, 0x1000, 0x3000)]
    [InlineData(0x1000, 0x1000, 0x1000, 0x2000)]
    public void A_range_is_all_pages_that_it_touches(ulong address, ulong length, ulong start, ulong end) =>
        Assert.Equal(new UserRange(start, end), UserRange.Covering(address, length));

    [Theory]
    [InlineData(ulong.MaxValue, 2)]
    [InlineData(0x1000, ulong.MaxValue)]
    [InlineData(1ul << 47, 1)]
    [InlineData((1ul << 47) - 1, 2)]
    public void Addresses_beyond_a_process_are_none(ulong address, ulong length) => Assert.Null(UserRange.Covering(address, length));

    private static PagePlan? Plan(ulong start, ulong end) => PagePlan.Make(Mappings, new UserRange(start, end), _ => null);
}
