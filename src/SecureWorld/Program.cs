using System.Net.Sockets;
using RestrictedTee.SecureWorld.Boot;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Boot;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;
using Serilog.Events;

if (CommandLine.TryParse(args) is not { } options)
{
    Console.Error.WriteLine(CommandLine.Usage);
    return 2;
}

LoggerConfiguration logging = new LoggerConfiguration().MinimumLevel.Is(options.LogLevel);
if (options.LogFile is { } file)
    logging.WriteTo.File(file, outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}");
else
    logging.WriteTo.Console(outputTemplate: "secure world: {Level:u3} {Message:lj}{NewLine}", standardErrorFromLevel: LogEventLevel.Verbose);
Log.Logger = logging.CreateLogger();

try
{
    using DescriptorSocket socket = DescriptorSocket.Connect(options.Socket);
    using var line = new BootLine(socket);
    var ram = new NormalRamMap(); // stays mapped to the end of the process, as does secure memory: see PowerOff
    var port = new BoardPort(line, ram);
    try
    {
        SecureProcess.Harden(options.AllowDebugging);
        BoardFile board = options.Board is { } path ? BoardFile.Load(path) : BoardFile.Default;
        BoardPort.Wiring wiring = port.ReceivePowerOn(board.NormalRam.Range);
        var os = new TrustedOs(OptionsFor(options, board, wiring.Conduits.Count + 1), ram);
        os.ConnectNotificationLine(wiring.NotificationLine);
        for (int i = 0; i < wiring.Conduits.Count; i++)
            os.Serve(wiring.Conduits[i], i, isFastOnly: false);
        os.Serve(wiring.FastConduit, wiring.Conduits.Count, isFastOnly: true);
        Log.Information("Secure world {Version} is up, its memory protected by {Protection}", TrustedOs.Version, os.Protection);
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
        port.Refuse(e.Message);
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
    Log.CloseAndFlush();
}

static TrustedOsOptions OptionsFor(CommandLine options, BoardFile board, int contexts) => new()
{
    Board = board,
    SecretMemory = options.SecretMemory,
    Conduit = options.Conduit,
    Contexts = contexts,
    Threads = options.Threads,
};
