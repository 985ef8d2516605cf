using System.Net.Sockets;
using RestrictedTee.SecureWorld.Boot;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Boot;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

if (CommandLine.TryParse(args) is not { } options)
{
    Console.Error.WriteLine(CommandLine.Usage);
    return 2;
}

StrayFaults.Catch();
SecureProcess.LeaveStandardOutput();
Action endLines = TaConsole.TakeOver();
Action finish = () => { };
// Whatever ends the process in an orderly way, a TA that exits it included, what is known stands in the log.
AppDomain.CurrentDomain.ProcessExit += (_, _) => CloseLog();
try
{
    using DescriptorSocket socket = DescriptorSocket.Connect(options.Socket);
    using var line = new BootLine(socket);
    var ram = new NormalRamMap(); // stays mapped to the end of the process, as does secure memory: see PowerOff
    var port = new BoardPort(line, ram);
    try
    {
        SecureLog.Open(options);
        SecureProcess.Harden(options.AllowDebugging);
        BoardFile board = options.Board is { } path ? BoardFile.Load(path) : BoardFile.Default;
        BoardPort.Wiring wiring = port.ReceivePowerOn(board.NormalRam.Range);
        var os = new TrustedOs(OptionsFor(options, board, wiring.Conduits.Count + 1), ram);
        StrayFaults.Attach(os.Kill);
        finish = os.Finish;
        os.ConnectNotificationLine(wiring.NotificationLine);
        for (int i = 0; i < wiring.Conduits.Count; i++)
            os.Serve(wiring.Conduits[i], i, isFastOnly: false);
        os.Serve(wiring.FastConduit, wiring.Conduits.Count, isFastOnly: true);
        Log.Information("Secure world {Version} is up, its memory protected by {Protection}", TrustedOs.Version, os.Protection);
        if (os.Protection == MemoryProtection.Anonymous)
            Log.Warning("Restricted memory is neither secret nor locked, and may be swapped out; {Advice}", LockedMemoryLimit.Advice(os.SecureBytes));
        if (options.ScreenFile is { } screen)
            Log.Warning("The display's screen is written to {File}: what it shows of restricted content leaves the secure world there", screen);
        port.Ready(os.Protection);
        os.WarmUp();
        port.Serve();
        Log.Information("The normal world has gone; scrubbing and stopping");
        os.PowerOff();
        return 0;
    }
    catch (Exception e) when (e is InvalidDataException or IOException or InvalidOperationException)
    {
        // Said to the launcher, which says it to the user.
        port.RefuseToStart(e.Message);
        return 1;
    }
    catch (Exception e)
    {
        // A defect: its type and place are for whoever mends it, its message may hold anything.
        Log.Fatal("The secure world ends: {Exception} at {Place}", e.GetType().Name, e.StackTrace);
        port.RefuseToStart($"The secure world failed with {e.GetType().Name}.");
        return 1;
    }
}
catch (SocketException e)
{
    Log.Fatal("Cannot reach the launcher at {Socket}: {Reason}", options.Socket, e.Message);
    return 1;
}
finally
{
    CloseLog();
}

void CloseLog()
{
    finish();
    endLines();
    SecureLog.Close();
}

static TrustedOsOptions OptionsFor(CommandLine options, BoardFile board, int contexts) => new()
{
    Board = board,
    SecretMemory = options.SecretMemory,
    Conduit = options.Conduit,
    Contexts = contexts,
    Threads = options.Threads,
    ScreenFile = options.ScreenFile,
};
