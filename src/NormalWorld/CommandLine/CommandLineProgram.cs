using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.CompilerServices;
using RestrictedTee.CommandLine.Bench;
using RestrictedTee.CommandLine.Commands;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Uapi;
using Serilog;

namespace RestrictedTee.CommandLine;

/// <summary>The command line: its commands, its log, and what it exits with.</summary>
internal static class CommandLineProgram
{
    /// <summary>Each command under its name.</summary>
    internal static (string Name, Func<Command> Create)[] Commands =>
    [
        ("xtest", XtestCommand.Create),
        ("up", UpCommand.Create),
        ("run", RunCommand.Create),
        ("pack", PackCommand.Create),
        ("libteec", LibTeecCommand.Create),
        ("invoke", InvokeCommand.Create),
        ("heaps", HeapsCommand.Create),
        ("board", BoardCommand.Create),
        ("faults", FaultsCommand.Create),
        ("ps", PsCommand.Create),
        ("kill", KillCommand.Create),
        ("play", PlayCommand.Create),
        ("demo", DemoCommand.Create),
        ("bench", BenchCommand.Create),
        ("abi", AbiCommand.Create),
        (InternalCommands.PipeEchoName, InternalCommands.CreatePipeEcho),
        (InternalCommands.FirstCallName, InternalCommands.CreateFirstCall),
        (InternalCommands.RoundTripsName, InternalCommands.CreateRoundTrips),
        (InternalCommands.BusyLoopName, InternalCommands.CreateBusyLoop),
        (InternalCommands.DropInName, InternalCommands.CreateDropIn),
        (InternalCommands.DeviceName, InternalCommands.CreateDevice),
    ];

    internal static int Run(string[] args)
    {
        Log.Logger = new LateLogger();
        try
        {
            return InvokeCommand.TryRunPlain(args, out int exitCode) ? exitCode : ParseAndRun(args);
        }
        catch (TeeLaunchException e)
        {
            Say(e.Message);
            return ExitCodes.Usage;
        }
        catch (Exception e) when (e is TeecException or TeeDriverException or IOException or UnauthorizedAccessException)
        {
            Say(e.Message);
            return ExitCodes.Failed;
        }
        finally
        {
            Log.CloseAndFlush();
        }
    }

    /// <summary>What is wrong. Where even that cannot be written, the exit code says it alone.</summary>
    private static void Say(string problem)
    {
        try
        {
            System.Console.Error.WriteLine($"rtee: {problem}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Standard error is full, or closed.
        }
    }

    /// <summary>Apart, so that the parser is loaded only where there is something to parse.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ParseAndRun(string[] args)
    {
        ParseResult result = Create(args).Parse(args);
        if (UnknownOptions.FindProblem(result, args) is { } problem)
        {
            Say(problem);
            return ExitCodes.Usage;
        }

        if (result.Action is ParseErrorAction errors)
        {
            errors.ShowHelp = false; // a page of help hides the one line that says what is wrong
            if (args.Length > 0)
            {
                Say(ParseErrors.InOneLine(result, [.. Commands.Select(command => command.Name)]));
                return ExitCodes.Usage;
            }
        }

        int code = result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return result.Errors.Count > 0 ? ExitCodes.Usage : code;
    }

    /// <summary>
    /// Only the command that is asked for is made; the others would cost each start their options and tables. When none is named, the
    /// whole list is wanted.
    /// </summary>
    private static RootCommand Create(string[] args)
    {
        var root = new RootCommand("RestrictedTee: an OP-TEE-style trusted execution environment in two processes.");
        (string Name, Func<Command> Create)[] commands = Commands;
        int named = args.Length == 0 ? -1 : Array.FindIndex(commands, command => command.Name == args[0]);
        foreach ((_, Func<Command> create) in named < 0 ? commands : [commands[named]])
            root.Subcommands.Add(create());
        return root;
    }
}
