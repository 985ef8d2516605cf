using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.Tests.Abi;

/// <summary>A table of calls and what carries them out cannot be made incomplete.</summary>
public sealed class DispatchTableTests
{
    private static readonly AbiRow Served = new(0x8400_0001, "SERVED", Support.Full, "");
    private static readonly AbiRow Refused = new(0xC400_0001, "REFUSED", Support.Refused, "7") { Refusal = 7 };
    private static readonly AbiRow Answer = new(0x8400_0002, "ANSWER", Support.Full, "") { IsCall = false };
    private static readonly AbiRow Elsewhere = new(0x8400_0003, "ELSEWHERE", Support.Full, "") { Reach = Reach.Ffa };

    [Fact]
    public void A_served_row_is_carried_out_a_refused_one_answers_its_code_and_the_rest_is_not_there()
    {
        DispatchTable<Func<uint>> table = Table([Served, Refused, Answer, Elsewhere], [(Served, 1)]);

        Assert.Equal(1u, table.Find((uint)Served.Number)!());
        Assert.Equal(7u, table.Find((uint)Refused.Number)!());
        Assert.All([(uint)Answer.Number, (uint)Elsewhere.Number, 0u, uint.MaxValue], number => Assert.Null(table.Find(number)));
        Assert.Equal([(uint)Served.Number], table.Served);
    }

    [Fact]
    public void Rows_that_share_a_place_are_all_found()
    {
        AbiRow[] rows = [.. Enumerable.Range(0, 40).Select(i => Served with { Number = (ulong)i << 8, Name = $"{i}" })];
        DispatchTable<Func<uint>> table = Table(rows, [.. rows.Select(row => (row, (uint)row.Number))]);

        Assert.All(rows, row => Assert.Equal((uint)row.Number, table.Find((uint)row.Number)!()));
        Assert.Null(table.Find(41 << 8));
    }

    [Fact]
    public void A_served_row_without_a_handler_stops_the_start() => AssertRefused([Served], [], Served.Name);

    [Fact]
    public void A_handler_without_a_row_stops_the_start() => AssertRefused([Served], [(Served, 1), (Answer, 2)], "0x84000002");

    [Fact]
    public void A_handler_of_a_refused_row_stops_the_start() => AssertRefused([Refused], [(Refused, 1)], Refused.Name);

    [Fact]
    public void A_handler_of_an_answer_stops_the_start() => AssertRefused([Answer], [(Answer, 1)], "0x84000002");

    [Fact]
    public void A_handler_of_a_row_of_the_other_conduit_stops_the_start() => AssertRefused([Elsewhere], [(Elsewhere, 1)], "0x84000003");

    [Fact]
    public void A_refused_row_that_does_not_say_with_which_code_stops_the_start() => AssertRefused([Refused with { Refusal = null }], [], Refused.Name);

    private static void AssertRefused(AbiRow[] rows, (AbiRow Row, uint Answer)[] handlers, string names) =>
        Assert.Contains(names, Assert.Throws<InvalidOperationException>(() => Table(rows, handlers)).Message, StringComparison.Ordinal);

    private static DispatchTable<Func<uint>> Table(AbiRow[] rows, (AbiRow Row, uint Answer)[] handlers) => new(
        new AbiSurface("test", "test", "test", rows), Reach.Smc, handlers.ToDictionary(h => (uint)h.Row.Number, h => (Func<uint>)(() => h.Answer)), code => () => code);
}
