using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.DeviceNodes;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Driver.Probe;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Seccomp;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Supplicant;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Boot;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>
/// Both worlds, started: the secure world as a process of its own, and in this process the driver, the device and the
/// supplicant. Disposing it takes the secure world down; so does the end of this process, however it comes.
/// </summary>
public sealed class TeeEnvironment : ITeeDeviceSource, IDisposable, IAsyncDisposable
{
    private static int s_serial;

    private readonly PluginTable _plugins = new();

    private readonly object _lock = new(); // protects _running and _disposed
    private readonly LaunchOptions _options;
    private readonly RunFolder _folder;
    private readonly BoardFile _board;
    private Running _running;
    private TeeServer? _server;
    private bool _disposed;

    private TeeEnvironment(LaunchOptions options, RunFolder folder, BoardFile board)
    {
        _options = options;
        _folder = folder;
        _board = board;
        lock (_lock)
            _running = Start(); // a secure world that dies at once is heard of when it is known which one it was
    }

    /// <summary>Raised when the secure world has died by itself; the argument says whether a new one was started.</summary>
    public event Action<bool>? SecureWorldDied;

    /// <summary>The board that both worlds have.</summary>
    public BoardFile Board => _board;

    /// <summary>The secure world's process id.</summary>
    public int SecureWorldPid => Current.Process.Pid;

    /// <summary>What the frames on the conduits mean.</summary>
    public ConduitAbi Conduit => _options.ConduitAbi;

    /// <summary>How the secure world's memory is kept: "secretmem", "locked" or "anonymous".</summary>
    public string MemoryProtection => MemoryProtectionNames.Of(Current.Process.Protection);

    /// <summary>Whether the run folder was removed or replaced, so that clients do not find this instance any more.</summary>
    public bool HasLostRunFolder => _folder.IsLost;

    /// <summary>The run folder.</summary>
    public string RunFolderPath => _folder.Path;

    /// <summary>What is wrong in the TA folder, one sentence each.</summary>
    public IReadOnlyList<string> TaFolderProblems => Current.Supplicant?.Catalogue?.Problems ?? [];

    /// <summary>How many trusted applications the TA folder has.</summary>
    public int TaFolderCount => Current.Supplicant?.Catalogue?.Entries.Count ?? 0;

    /// <summary>Starts both worlds.</summary>
    /// <exception cref="TeeLaunchException">They did not start; the message says why.</exception>
    public static TeeEnvironment Launch(LaunchOptions? options = null)
    {
        options ??= new LaunchOptions();
        if (options.FindProblem() is { } problem)
            throw new TeeLaunchException(problem);
        BoardFile board;
        try
        {
            board = options.Board is { } path ? BoardFile.Load(path) : BoardFile.Default;
        }
        catch (InvalidDataException e)
        {
            throw new TeeLaunchException(e.Message, e);
        }

        DescriptorNeeds.Check(options);
        string name = options.Name ?? $"{Environment.ProcessId}-{Interlocked.Increment(ref s_serial)}";
        RunFolder folder = RunFolder.Acquire(name);
        try
        {
            return new TeeEnvironment(options, folder, board);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Opens the TEE device.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the secure world has died and was not started again.</exception>
    public ITeeDevice OpenDevice() => OpenDevice(ClientIdentity.Self);

    internal TeeDevice OpenDevice(ClientIdentity client)
    {
        Running running = Current;
        return running.Host.Driver.IsGone
            ? throw new TeeDriverException(Errno.ENODEV, "The secure world has gone; restart it.")
            : new TeeDevice(running.Host, client);
    }

    /// <summary>Opens the TEE device as a file of this process, for binary ioctls.</summary>
    /// <exception cref="TeeDriverException">ENODEV.</exception>
    public TeeDeviceFile OpenFile() => new(OpenDevice(ClientIdentity.Self), DeviceHost);

    /// <summary>
    /// Runs a program that knows nothing of this TEE: it, and whatever it starts, sees /dev/tee0, /dev/teepriv0 and the board's dma-heaps,
    /// answered by the driver of this process (seccomp user notification).
    /// </summary>
    /// <param name="command">The program, by path or to be found in PATH, and its arguments.</param>
    /// <param name="options">How it sees the devices.</param>
    /// <returns>Its exit status, or 128 and the signal that ended it. What it started may go on, and is served until the last one ends.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started, or the kernel has no such filter (EBUSY: there is one already).</exception>
    public int RunClient(IReadOnlyList<string> command, ClientOptions? options = null) =>
        ClientRun.Run(command, new DriverNodes(Current.Host), options ?? new ClientOptions());

    /// <summary>The same with the devices of a TEE that <c>rtee up</c> keeps.</summary>
    /// <param name="name">Its instance name.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">How it sees the devices.</param>
    /// <returns>As <see cref="RunClient"/>.</returns>
    /// <exception cref="TeeLaunchException">There is none of that name, or it is another user's.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">As there.</exception>
    public static int RunClientOf(string name, IReadOnlyList<string> command, ClientOptions? options = null) =>
        ClientRun.Run(command, new ServedNodes(RunFolder.SocketOf(name)), options ?? new ClientOptions());

    /// <summary>Opens FF-A itself: messages to partitions, memory shared with them.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the conduit is SMC, or the secure world has gone.</exception>
    public FfaUserDevice OpenFfa() => new(Current.Host.Driver);

    /// <summary>The drivers of the board's devices. They are those of the secure world that runs now.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the secure world has gone.</exception>
    public BoardPeripherals Peripherals => Current.Host.Peripherals;

    /// <summary>The heaps that a whole pipeline shares, by name: every one of the devices can work on buffers of that size from them.</summary>
    /// <param name="pipeline">The devices, with what their drivers take and the heaps that they name, if they choose.</param>
    /// <param name="size">Bytes of a buffer.</param>
    /// <exception cref="TeeDriverException">ENODEV: the secure world has gone.</exception>
    public IReadOnlyList<string> HeapsSharedBy(IReadOnlyList<DmaDevice> pipeline, ulong size) =>
        [.. Current.Host.Heaps.SharedBy(pipeline, size).Select(heap => heap.Name)];

    /// <summary>Opens a context of the client API.</summary>
    public TeeContext OpenContext() => new(OpenDevice());

    /// <summary>Serves other processes of this user on a socket in the run folder.</summary>
    /// <exception cref="TeeLaunchException">The socket cannot be made.</exception>
    public void Serve() => _server ??= new TeeServer(this, _folder.OwnTeeSocket, DescriptorNeeds.BudgetForClients(_options));

    /// <summary>Clients connected through <see cref="Serve"/>.</summary>
    public int ClientCount => _server?.ClientCount ?? 0;

    /// <summary>Gives the supplicant a plug-in, which trusted applications can call from now on; a secure world that is started later, too. With an external supplicant nobody calls it.</summary>
    /// <exception cref="InvalidOperationException">There is one of its UUID already.</exception>
    public void AddPlugin(ISupplicantPlugin plugin) => _plugins.Add(plugin);

    /// <summary>Starts a new secure world in the place of the present one. What was open on the old one gets errors.</summary>
    /// <exception cref="TeeLaunchException">It did not start.</exception>
    public void Restart()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _running.Dispose();
            _running = Start();
        }
    }

    /// <summary>Stops both worlds.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            Monitor.PulseAll(_lock);
            _server?.Dispose();
            _running.Dispose();
        }

        _folder.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The raw driver, for tests that play a hostile normal world.</summary>
    internal OpteeDriver Driver => Current.Host.Driver;

    internal TeeDeviceHost DeviceHost => Current.Host;

    TeeDeviceHost ITeeDeviceSource.DeviceHost => DeviceHost;

    void ITeeDeviceSource.EndSecureWorld() => Current.Process.End();

    TeeDevice ITeeDeviceSource.OpenDevice(ClientIdentity client) => OpenDevice(client);

    internal SecureWorldProcess Process => Current.Process;

    internal RamBank Bank0 => Current.Bank0;

    private Running Current
    {
        get
        {
            lock (_lock)
                return _running;
        }
    }

    /// <exception cref="TeeLaunchException">It did not start; nothing is left of the attempt.</exception>
    private Running Start()
    {
        RamBank? bank0 = null;
        SecureWorldProcess? process = null;
        OpteeDriver? driver = null;
        try
        {
            bank0 = RamBank.Create(_board.NormalRam.Range, "restricted-tee normal ram");
            process = SecureWorldProcess.Start(_options, _folder, _board, bank0);
            var ram = new NormalRamMap();
            ram.TryPlug(bank0);
            var shm = new ShmAllocator(ram, bank0, _board.ReservedShm.Range, new BootLinePlug(process.Line));
            driver = OpteeProbe.Bind(process.Wiring, bank0, _board.ReservedShm.Range, shm, new SupplicantQueue(_options.HasExternalSupplicant));
            var host = new TeeDeviceHost(driver, _board);
            TeeSupplicant? supplicant = _options.HasExternalSupplicant ? null : new TeeSupplicant(new TeeDevice(host, ClientIdentity.Self, privileged: true), _options.TaDir, _plugins);
            var running = new Running(process, host, supplicant, ram, bank0);
            process.WhenEnded(() => OnEnded(running));
            return running;
        }
        catch (Exception e)
        {
            driver?.Dispose();
            process?.Dispose();
            if (driver is null or { IsDrained: true })
                bank0?.Dispose();
            if (e is TeeDriverException or IOException)
                throw new TeeLaunchException($"The secure world was started, and could not be used: {e.Message}", e);
            throw;
        }
    }

    /// <summary>A border: it runs on a thread of the pool, where what nobody catches ends the process.</summary>
    private void OnEnded(Running running)
    {
        bool restarted = false;
        try
        {
            lock (_lock)
            {
                if (_disposed || running != _running)
                    return;
                running.Host.Driver.Dispose();
                if (_options.RestartOnFailure)
                    restarted = TryRestart(running);
                if (_disposed)
                    return;
            }

            SecureWorldDied?.Invoke(restarted);
        }
        catch (Exception e)
        {
            Log.Error("The end of the secure world could not be dealt with: {Type}: {Reason}", e.GetType().Name, e.Message);
        }
    }

    /// <summary>Starts again, several times if need be: what ended the old one may end the new one on its way up. With the lock held.</summary>
    private bool TryRestart(Running dead)
    {
        const int Attempts = 6;
        const int FirstPauseMilliseconds = 50;
        dead.Dispose();
        for (int i = 0; i < Attempts && !_disposed && _running == dead; i++)
        {
            try
            {
                _running = Start();
                return true;
            }
            catch (Exception e)
            {
                Log.Error("The secure world could not be restarted (attempt {Attempt} of {Attempts}): {Reason}", i + 1, Attempts, e.Message);
            }

            Monitor.Wait(_lock, FirstPauseMilliseconds << i); // lets others in, and whoever stops us ends it
        }

        return _running != dead; // somebody else has started one in between
    }

    /// <summary>One life of the secure world, and what this process has around it.</summary>
    private sealed record Running(SecureWorldProcess Process, TeeDeviceHost Host, TeeSupplicant? Supplicant, NormalRamMap Ram, RamBank Bank0) : IDisposable
    {
        public void Dispose()
        {
            Supplicant?.Dispose();
            Host.Dispose();
            Process.Dispose();
            if (Host.Driver.IsDrained)
                Ram.Dispose(); // what clients still hold of it stays mapped until they let go
        }
    }

    private sealed class BootLinePlug(BootLine line) : IBankPlug
    {
        public void Plug(RamBank bank) => line.Plug(bank);

        public void Unplug(RamBank bank) => line.Unplug(bank);
    }
}
