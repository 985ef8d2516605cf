using System.Globalization;
using System.Net.Sockets;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Interop;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Boot;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>The secure world as the launcher sees it: a process, its wiring, and the line that powers it.</summary>
internal sealed class SecureWorldProcess : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly ChildProcess _process;

    private SecureWorldProcess(ChildProcess process, BootLine line, DriverWiring wiring, SmcTransport.Abi.MemoryProtection protection)
    {
        _process = process;
        Line = line;
        Wiring = wiring;
        Protection = protection;
    }

    internal int Pid => _process.Id;

    internal BootLine Line { get; }

    internal DriverWiring Wiring { get; }

    internal SmcTransport.Abi.MemoryProtection Protection { get; }

    /// <summary>Starts the process, wires it to bank 0 and waits until it says that it is ready.</summary>
    /// <exception cref="TeeLaunchException">It did not; the message has its own words for it.</exception>
    internal static SecureWorldProcess Start(LaunchOptions options, RunFolder folder, BoardFile board, RamBank bank0)
    {
        string program = SecureWorldLocator.Find(options.SecureWorld);
        using DescriptorListener listener = Listen(folder);
        ChildProcess process = StartProcess(program, options, folder);
        try
        {
            process.WhenEnded(listener.GiveUp);
            using WiringPipes pipes = MakePipes(options); // now, while the other world is on its way up
            DescriptorSocket accepted = listener.Accept(StartTimeout) ?? throw new TeeLaunchException(
                process.TryGetExitCode() is { } code
                    ? $"The secure world ended with exit code {code} before it connected; its log may say why (logLevel Information)."
                    : $"The secure world did not connect within {StartTimeout.TotalSeconds:0} seconds.");
            var line = new BootLine(accepted);
            try
            {
                if (line.Socket.PeerCredentials.Pid != process.Id)
                    throw new TeeLaunchException("Another process than the secure world connected to the boot line.");
                return PowerOn(process, line, pipes, options, board, bank0);
            }
            catch
            {
                line.Dispose();
                throw;
            }
        }
        catch
        {
            Kill(process);
            throw;
        }
        finally
        {
            RemoveSocket(folder);
        }
    }

    private static DescriptorListener Listen(RunFolder folder)
    {
        try
        {
            return DescriptorListener.Listen(folder.OwnBootSocket, backlog: 1);
        }
        catch (SocketException e)
        {
            throw new TeeLaunchException(
                folder.IsLost
                    ? $"The run folder '{folder.Path}' was removed or replaced, so no secure world can be started in it."
                    : $"The socket '{folder.BootSocket}' cannot be made: {e.Message}",
                e);
        }
    }

    private static void RemoveSocket(RunFolder folder)
    {
        try
        {
            File.Delete(folder.OwnBootSocket);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody listens on it any more; the next start removes it.
        }
    }

    /// <summary>Cuts the power and waits for the process to go; kills it if it will not.</summary>
    public void Dispose()
    {
        Line.Dispose();
        foreach (IConduit conduit in Wiring.Conduits)
            conduit.Dispose();
        Wiring.FastConduit.Dispose();
        Wiring.NotificationLine?.Dispose();
        if (!_process.WaitForExit(StopTimeout))
            Kill(_process);
    }

    /// <summary>Calls back when the process has ended, on a thread of the pool.</summary>
    internal void WhenEnded(Action action) => _process.WhenEnded(action);

    private static ChildProcess StartProcess(string program, LaunchOptions options, RunFolder folder)
    {
        List<string> arguments =
        [
            "--socket", folder.BootSocket,
            "--conduit", options.ConduitAbi == ConduitAbi.Ffa ? "ffa" : "smc",
            "--secret-memory", options.SecretMemory,
            "--threads", options.Threads.ToString(CultureInfo.InvariantCulture),
            "--log-level", options.LogLevel,
            "--allow-debugging", options.Debug ? "true" : "false",
        ];
        if (options.Board is not null)
            arguments.AddRange(["--board", BoardFile.EmbeddedNames.Contains(options.Board) ? options.Board : Path.GetFullPath(options.Board)]);
        if (options.LogFile is not null)
            arguments.AddRange(["--log-file", Path.GetFullPath(options.LogFile)]);
        if (options.ScreenFile is not null)
            arguments.AddRange(["--screen", Path.GetFullPath(options.ScreenFile)]);
        try
        {
            return ChildProcess.Start(Path.GetFullPath(program), arguments, SecureWorldVariables.Of(Environment.GetEnvironmentVariables(), options.Debug));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new TeeLaunchException($"The secure world '{program}' cannot be started: {e.Message}", e);
        }
    }

    private static int ConduitsOf(LaunchOptions options) => options.Conduits == 0 ? options.Threads : options.Conduits;

    private static WiringPipes MakePipes(LaunchOptions options)
    {
        var pipes = new WiringPipes();
        try
        {
            for (int i = 0; i <= ConduitsOf(options); i++)
                pipes.AddConduit();
            pipes.AddNotificationLine();
            return pipes;
        }
        catch
        {
            pipes.Dispose();
            throw;
        }
    }

    private static SecureWorldProcess PowerOn(
        ChildProcess process, BootLine line, WiringPipes pipes, LaunchOptions options, BoardFile board, RamBank bank0)
    {
        var head = new BootLine.Head
        {
            Kind = BootLine.Kind.PowerOn,
            Conduits = (uint)ConduitsOf(options),
            BankBase = board.NormalRam.Base,
            BankSize = board.NormalRam.Size,
        };
        bool sent = line.TrySend(head, descriptors: [.. pipes.Theirs, bank0.Memfd]);

        // Ours must go at once: as long as this process holds an end of theirs, it would not hear them die.
        pipes.CloseTheirs();
        try
        {
            BootLine.Message? answer = sent ? line.Receive() : null;
            answer?.Dispose();
            return answer switch
            {
                { Head.Kind: BootLine.Kind.Ready } ready =>
                    new SecureWorldProcess(process, line, pipes.TakeOurs(options.ConduitAbi), ready.Head.Protection),
                { Head.Kind: BootLine.Kind.Refused } refused => throw new TeeLaunchException($"The secure world did not start: {refused.Text}"),
                _ => throw new TeeLaunchException("The secure world ended while it started; its log may say why (logLevel Information)."),
            };
        }
        catch (InvalidDataException e)
        {
            throw new TeeLaunchException(e.Message, e);
        }
    }

    /// <summary>Ends the process, whatever it is doing; the driver hears of it as of any death.</summary>
    internal void End() => Kill(_process);

    private static void Kill(ChildProcess process)
    {
        process.Kill();
        process.WaitForExit();
    }
}
