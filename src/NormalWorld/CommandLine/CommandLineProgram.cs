using System.CommandLine;
using System.CommandLine.Invocation;
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
    internal static int Run(string[] args)
    {
        Log.Logger = new LoggerConfiguration()
            .MinimumLevel.Warning()
            .WriteTo.Console(outputTemplate: "normal world: {Level:u3} {Message:lj}{NewLine}", standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose)
            .CreateLogger();

        var root = new RootCommand("RestrictedTee: an OP-TEE-style trusted execution environment in two processes.")
        {
            XtestCommand.Create(),
            UpCommand.Create(),
            InvokeCommand.Create(),
            HeapsCommand.Create(),
            PsCommand.Create(),
            KillCommand.Create(),
            PlayCommand.Create(),
            BenchCommand.Create(),
            AbiCommand.Create(),
            InternalCommands.CreatePipeEcho(),
            InternalCommands.CreateFirstCall(),
        };

        try
        {
            ParseResult result = root.Parse(args);
            if (UnknownOptions.FindProblem(result, args) is { } problem)
            {
                System.Console.Error.WriteLine($"rtee: {problem}");
                return ExitCodes.Usage;
            }

            if (result.Action is ParseErrorAction errors)
                errors.ShowHelp = false; // a page of help hides the one line that says what is wrong
            int code = result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            return result.Errors.Count > 0 ? ExitCodes.Usage : code;
        }
        catch (TeeLaunchException e)
        {
            System.Console.Error.WriteLine($"rtee: {e.Message}");
            return ExitCodes.Usage;
        }
        catch (Exception e) when (e is TeecException or TeeDriverException or IOException or UnauthorizedAccessException)
        {
            System.Console.Error.WriteLine($"rtee: {e.Message}");
            return ExitCodes.Failed;
        }
        finally
        {
            Log.CloseAndFlush();
        }
    }
}
