using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;
using RestrictedTee.Xtest;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Tests.Client;

/// <summary>Each case of the suite, over in-memory conduits: a failure here is one of the protocol, not of processes or pipes.</summary>
public sealed class XtestSuiteTests
{
    public static TheoryData<string, ConduitAbi, bool> Cases()
    {
        var data = new TheoryData<string, ConduitAbi, bool>();
        foreach (XtestCase testCase in XtestRegistry.Regression.Cases.Where(c => c.Run is not null))
        {
            data.Add(testCase.Id, ConduitAbi.Smc, false);
            data.Add(testCase.Id, ConduitAbi.Ffa, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_passes(string id, ConduitAbi abi, bool dynamicPools)
    {
        using var tee = new InProcessTee(board: dynamicPools ? InProcessTee.DynamicBoard : InProcessTee.SmallBoard, abi: abi);
        using var output = new StringWriter();
        using var host = new XtestHost(tee.OpenContext, level: 0, output);

        XtestSummary summary = XtestRunner.Run(new XtestSelection(XtestRegistry.Regression) { TestIds = [id] }, host);

        Assert.True(summary is { Cases: 1, FailedCases: 0 }, output.ToString());
    }

    public static TheoryData<string> FfaCases => [.. XtestRegistry.FfaSpmc.Cases.Select(c => c.Id)];

    [Theory]
    [MemberData(nameof(FfaCases))]
    public void An_ffa_case_passes(string id)
    {
        using var tee = new InProcessTee(abi: ConduitAbi.Ffa);
        using var output = new StringWriter();
        using var host = new XtestHost(tee.OpenContext, level: 0, output, new FfaUserDevice(tee.Driver));
        if (id == "ffa_spmc_2007")
            tee.Driver.Abi.EnableNotifications(); // what the driver does when it has a notification line

        XtestSummary summary = XtestRunner.Run(new XtestSelection(XtestRegistry.FfaSpmc) { TestIds = [id] }, host);

        Assert.True(summary is { Cases: 1, FailedCases: 0 }, output.ToString());
    }

    private const string Small = "small";

    /// <summary>Cases that need a heap which not every board has, on the board that they name to those who run them without.</summary>
    public static TheoryData<string, ConduitAbi, string> DmaBufCases
    {
        get
        {
            var data = new TheoryData<string, ConduitAbi, string>();
            foreach (XtestCase testCase in XtestRegistry.DmaBuf.Cases.Where(c => c.Run is not null))
            {
                data.Add(testCase.Id, ConduitAbi.Smc, testCase.BoardWithHeap ?? Small);
                data.Add(testCase.Id, ConduitAbi.Ffa, testCase.BoardWithHeap ?? "dynamic");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(DmaBufCases))]
    public void A_dmabuf_case_passes(string id, ConduitAbi abi, string board)
    {
        PoolRegion record = InProcessTee.SmallBoard.Pools[^1] with { UseCase = UseCase.SecureVideoRecord, Base = 0x0f60_0000 };
        using var tee = new InProcessTee(
            board: board == Small ? InProcessTee.SmallBoard with { Pools = [.. InProcessTee.SmallBoard.Pools, record] } : BoardFile.Load(board), abi: abi, hasInterrupts: true);
        using var output = new StringWriter();
        using var host = new XtestHost(tee.OpenContext, level: 0, output, peripherals: tee.Host.Peripherals);

        XtestSummary summary = XtestRunner.Run(new XtestSelection(XtestRegistry.DmaBuf) { TestIds = [id] }, host);

        Assert.True(summary is { Cases: 1, FailedCases: 0 }, output.ToString());
    }

    [Fact]
    public void Every_case_of_the_1000_group_is_listed_once()
    {
        IEnumerable<string> expected = Enumerable.Range(1001, 42).Select(n => $"regression_{n}");

        Assert.Equal(expected, XtestRegistry.Regression.Cases.Select(c => c.Id).Where(id => id.StartsWith("regression_1", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_number_of_the_other_groups_has_its_cases_and_no_case_is_listed_twice()
    {
        string[] ids = [.. XtestRegistry.Regression.Cases.Select(c => c.Id)];
        IEnumerable<int> expected = Enumerable.Range(2001, 4).Concat(Enumerable.Range(4001, 19)).Concat(Enumerable.Range(4101, 17)).Append(8001).Concat(Enumerable.Range(8101, 3));

        Assert.Equal(expected, ids.Select(id => int.Parse(id.Split('_')[1])).Where(number => number > 2000).Distinct());
        Assert.Equal(ids, ids.Distinct());
    }

    [Theory]
    [InlineData("1014", "", "regression_1014")]
    [InlineData("1002 1003", "ffa", "regression_1002 regression_1003")]
    [InlineData("1002", "", "regression_1002 ffa_spmc_1002")]
    [InlineData("ffa_spmc", "100 2001", "ffa_spmc_2002 ffa_spmc_2003 ffa_spmc_2004 ffa_spmc_2005 ffa_spmc_2006 ffa_spmc_2007")]
    [InlineData("", "regression_ ffa_spmc_ dmabuf_", "")]
    public void Test_ids_and_exclusions_choose_the_cases_by_a_part_of_their_id(string ids, string excluded, string expected)
    {
        var selection = new XtestSelection(XtestRegistry.Suites) { TestIds = Words(ids), Excluded = Words(excluded) };

        Assert.Equal(Words(expected), selection.Choose().Select(c => c.Id));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
