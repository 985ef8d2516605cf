using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Xtest;
using RestrictedTee.Xtest.Framework;
using RestrictedTee.Xtest.SecureDataPath;

namespace RestrictedTee.CommandLine.Commands;

/// <summary><c>rtee xtest</c>: the suites.</summary>
internal static class XtestCommand
{
    internal static Command Create()
    {
        var cases = new Argument<string[]>("CASE") { Description = "Run the cases whose id contains one of these, for example 1014; all when none is given", Arity = ArgumentArity.ZeroOrMore };
        var suites = new Option<string>("-t") { Description = "Suites, joined by '+'", DefaultValueFactory = _ => SuiteNames("+"), HelpName = "SUITE" };
        var excluded = new Option<string[]>("-x") { Description = "Leave out the cases whose id contains this; may be given several times", HelpName = "CASE" };
        var level = new Option<int>("-l", "--level") { Description = "How thorough to be, 0 to 15", DefaultValueFactory = _ => 0, HelpName = "LEVEL" };
        var list = new Option<bool>("--list") { Description = "List the cases and run none" };
        var sdp = new Option<bool>("--sdp-basic") { Description = "Run the secure-data-path test as a program; the next five options are its own" };
        var size = new Option<int>("-s") { Description = "SDP buffer size in bytes", DefaultValueFactory = _ => new SdpOptions().Size, HelpName = "SIZE" };
        var loops = new Option<int>("-n") { Description = "SDP test loops", DefaultValueFactory = _ => new SdpOptions().Loops, HelpName = "LOOP" };
        var heap = new Option<string>("--heap-name") { Description = "SDP heap", DefaultValueFactory = _ => SdpOptions.DefaultHeap, HelpName = "NAME" };
        var noOffset = new Option<bool>("--no-offset") { Description = "No random offset [0 255] in the SDP buffer" };
        var verbose = new Option<bool>("-v") { Description = "Be verbose" };
        var command = new Command("xtest", "Run the xtest-style suites across both worlds.") { cases, suites, excluded, level, list, sdp, size, loops, heap, noOffset, verbose };
        var tee = new TeeOptions(command, canConnect: true);
        command.Validators.Add(result =>
        {
            // An option that is absent has no value in a validator; its default is set later and needs no check.
            if (result.GetResult(level) is { Implicit: false } && result.GetValue(level) is < 0 or > 15)
                result.AddError("-l takes a level from 0 to 15.");
            if (result.GetResult(suites) is { Implicit: false } && SuitesNamed(result.GetValue(suites)!) is null)
                result.AddError($"-t takes one or more of {SuiteNames(", ")}, joined by '+'; the benchmarks are 'rtee bench'.");
            if (result.GetResult(loops) is { Implicit: false } && result.GetValue(loops) <= 0)
                result.AddError("-n takes a number of loops above 0.");
            if (result.GetResult(size) is { Implicit: false } && result.GetValue(size) <= 0)
                result.AddError("-s takes a size above 0.");

            // What would have no effect is not what was meant.
            bool runsSdp = result.GetValue(sdp);
            Symbol[] without = runsSdp ? [cases, suites, excluded, level, list] : [size, loops, heap, noOffset, verbose];
            if (Array.Find(without, symbol => IsGiven(result, symbol)) is { } useless)
                result.AddError(runsSdp ? $"{useless.Name} is not for --sdp-basic, which runs one test." : $"{useless.Name} is for --sdp-basic.");
        });
        command.SetAction(result =>
        {
            var selection = new XtestSelection(SuitesNamed(result.GetValue(suites)!)!) { TestIds = result.GetValue(cases) ?? [], Excluded = result.GetValue(excluded) ?? [] };
            List<XtestCase> chosen = selection.Choose();
            if ((selection.FindUnknownId() ?? (chosen.Count == 0 ? selection.Filter : null)) is { } nothing)
            {
                System.Console.Error.WriteLine($"rtee: no case of {selection.SuiteName} matches '{nothing}'; 'rtee xtest --list' shows them all, and docs/xtest.md has those of the original's that are not here.");
                return ExitCodes.Usage;
            }

            if (result.GetValue(list))
                return List(chosen);
            // Who asks for FF-A cases alone means the conduit that they need.
            bool wantsFfa = !result.GetValue(sdp) && chosen.All(c => c.NeedsFfa);
            bool usesPartitions = !result.GetValue(sdp) && chosen.Exists(c => c.NeedsFfa);
            using TeeSource source = tee.Open(
                result, expectsPanics: true, defaultConduit: wantsFfa ? "ffa" : null, defaultFfaBoard: usesPartitions ? "ffa-test" : null);
            PrintWorlds(source);
            if (!result.GetValue(sdp))
                return RunCases(source, selection, result.GetValue(level));
            var options = new SdpOptions
            {
                Size = result.GetValue(size),
                Loops = result.GetValue(loops),
                HeapName = result.GetValue(heap)!,
                RandomOffset = !result.GetValue(noOffset),
            };
            return RunSdp(source, options, result.GetValue(verbose));
        });
        return command;
    }

    private static bool IsGiven(CommandResult result, Symbol symbol) => symbol switch
    {
        Option option => result.GetResult(option) is { Implicit: false },
        Argument argument => result.GetResult(argument) is { Tokens.Count: > 0 },
        _ => false,
    };

    private static string SuiteNames(string separator) => string.Join(separator, XtestRegistry.Suites.Select(suite => suite.Name));

    /// <summary>The suites that "regression+ffa_spmc" names; null when one of the names is wrong.</summary>
    private static XtestSuite[]? SuitesNamed(string names)
    {
        string[] wanted = [.. names.Split('+').Distinct()];
        XtestSuite[] found = [.. XtestRegistry.Suites.Where(suite => wanted.Contains(suite.Name))];
        return found.Length == wanted.Length ? found : null;
    }

    private static int List(List<XtestCase> cases)
    {
        foreach (XtestCase testCase in cases)
            System.Console.WriteLine($"{testCase.Id}  {testCase.Title}{(testCase.WhyNotRun is { } why ? $"  [{why}]" : "")}");
        return ExitCodes.Success;
    }

    private static void PrintWorlds(TeeSource source)
    {
        if (source.Environment is { } worlds)
            System.Console.WriteLine($"normal world: pid {Environment.ProcessId}; secure world: pid {worlds.SecureWorldPid}, its memory kept by {worlds.MemoryProtection}; they talk by {(worlds.Conduit == ConduitAbi.Ffa ? "FF-A" : "SMC")}");
    }

    private static int RunCases(TeeSource source, XtestSelection selection, int level)
    {
        using var status = new StatusLine();
        using var host = new XtestHost(source.OpenContext, level, System.Console.Out, source.Ffa, source.Environment?.Peripherals);
        var watch = Stopwatch.StartNew();
        string current = "";
        using var timer = new Timer(_ => status.Show($"{current}, {watch.Elapsed.TotalSeconds:0} s"), null, 2000, 500);
        XtestSummary summary = XtestRunner.Run(selection, host, (testCase, number, total) => current = $"[{number}/{total}] {testCase.Id}");
        if (summary.Cases == 0)
        {
            System.Console.Error.WriteLine("rtee: none of these cases can be run here, so nothing was tested; the reasons stand above.");
            return ExitCodes.Usage;
        }

        return summary.FailedCases == 0 ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static int RunSdp(TeeSource source, SdpOptions options, bool verbose)
    {
        using var status = new StatusLine();
        using TeeContext context = source.OpenContext();
        bool passed = SdpBasicCommand.Run(context, options, verbose, System.Console.Out, status.Show);
        return passed ? ExitCodes.Success : ExitCodes.Failed;
    }
}
