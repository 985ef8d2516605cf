using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Driver;
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

    private readonly Process _process;

    private SecureWorldProcess(Process process, BootLine line, DriverWiring wiring, SmcTransport.Abi.MemoryProtection protection)
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
        using Socket listener = Listen(folder);
        Process process = StartProcess(program, options, folder);
        try
        {
            using var timeout = new CancellationTokenSource(StartTimeout);
            process.EnableRaisingEvents = true;
            process.Exited += (_, _) => Cancel(timeout);
            if (process.HasExited)
                Cancel(timeout);
            Socket accepted;
            try
            {
                accepted = listener.AcceptAsync(timeout.Token).AsTask().GetAwaiter().GetResult();
            }
            catch (OperationCanceledException e)
            {
                throw new TeeLaunchException(
                    process.HasExited
                        ? $"The secure world ended with exit code {process.ExitCode} before it connected; its log may say why (logLevel Information)."
                        : $"The secure world did not connect within {StartTimeout.TotalSeconds:0} seconds.",
                    e);
            }

            // The asynchronous accept has left the socket non-blocking; the boot line blocks.
            accepted.Blocking = true;
            var line = new BootLine(DescriptorSocket.Adopt(accepted));
            try
            {
                if (line.Socket.PeerCredentials.Pid != process.Id)
                    throw new TeeLaunchException("Another process than the secure world connected to the boot line.");
                return PowerOn(process, line, options, board, bank0);
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
            process.Dispose();
            throw;
        }
        finally
        {
            RemoveSocket(folder);
        }
    }

    private static Socket Listen(RunFolder folder)
    {
        try
        {
            return DescriptorSocket.Listen(folder.OwnBootSocket, backlog: 1);
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
        _process.Dispose();
    }

    /// <summary>Calls back when the process has ended, on a thread of the pool.</summary>
    internal void WhenEnded(Action action)
    {
        // Process raises the event while it holds a lock that Dispose needs too, so nothing may wait inside of it.
        int called = 0;
        void Call()
        {
            if (Interlocked.Exchange(ref called, 1) == 0)
                ThreadPool.QueueUserWorkItem(_ => action());
        }

        _process.Exited += (_, _) => Call();
        if (_process.HasExited)
            Call();
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The start has ended, well or badly, before the process did.
        }
    }

    private static Process StartProcess(string program, LaunchOptions options, RunFolder folder)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true };
        void Add(string name, string value)
        {
            start.ArgumentList.Add(name);
            start.ArgumentList.Add(value);
        }

        Add("--socket", folder.BootSocket);
        if (options.Board is not null)
            Add("--board", BoardFile.EmbeddedNames.Contains(options.Board) ? options.Board : Path.GetFullPath(options.Board));
        Add("--conduit", options.ConduitAbi.ToString());
        Add("--secret-memory", options.SecretMemory);
        Add("--threads", options.Threads.ToString());
        Add("--log-level", options.LogLevel);
        if (options.LogFile is not null)
            Add("--log-file", Path.GetFullPath(options.LogFile));
        Add("--allow-debugging", options.Debug ? "true" : "false");

        SecureWorldVariables.Set(start.Environment, options.Debug);
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new TeeLaunchException($"The secure world '{program}' cannot be started: {e.Message}", e);
        }
    }

    private static SecureWorldProcess PowerOn(Process process, BootLine line, LaunchOptions options, BoardFile board, RamBank bank0)
    {
        int count = options.Conduits == 0 ? options.Threads : options.Conduits;
        using var pipes = new WiringPipes();
        for (int i = 0; i <= count; i++)
            pipes.AddConduit();
        pipes.AddNotificationLine();
        var head = new BootLine.Head
        {
            Kind = BootLine.Kind.PowerOn,
            Conduits = (uint)count,
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

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
            process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has gone by itself.
        }
    }
}
