using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.SystemCalls;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.PseudoTas;
using RestrictedTee.SecureWorld.Screens;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SecureWorld.SecureMonitor;
using RestrictedTee.SecureWorld.Spmc;
using RestrictedTee.SecureWorld.Spmc.Partitions;
using RestrictedTee.SecureWorld.TaStore;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Boot;

/// <summary>How a secure world is set up.</summary>
internal sealed record TrustedOsOptions
{
    internal BoardFile Board { get; init; } = BoardFile.Default;

    internal SecretMemoryChoice SecretMemory { get; init; } = SecretMemoryChoice.Auto;

    /// <summary>What the frames on the conduits mean.</summary>
    internal ConduitAbi Conduit { get; init; }

    /// <summary>Conduits, the fast one included: the execution contexts that each FF-A partition has.</summary>
    internal int Contexts { get; init; } = 9;

    /// <summary>Yielding calls at once.</summary>
    internal int Threads { get; init; } = 8;

    /// <summary>The file to which the display's screen is written; null for none.</summary>
    internal string? ScreenFile { get; init; }

    internal string EarlyTaFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "ta");
}

/// <summary>The secure world put together: everything is made here, once, and knows nothing of who made it.</summary>
internal sealed class TrustedOs : IDisposable
{
    private readonly NormalRamMap _ram;
    private readonly SharedMemory? _reservedMemory;
    private readonly TaStorage _store;
    private readonly Notifications _notifications;
    private readonly SessionManager _sessions;
    private readonly SystemCallTable _systemCalls;
    private readonly Screen? _screen;

    internal TrustedOs(TrustedOsOptions options, NormalRamMap ram)
    {
        _ram = ram;
        _screen = ScreenFor(options);
        SecureBytes = options.Board.Pools.Where(pool => !pool.IsDynamic).Aggregate(options.Board.SecureRam.Size, (sum, pool) => sum + pool.Size);
        var objects = new MemoryObjectTable();
        Relayer = new MemoryRelayer(ram, options.SecretMemory);
        Restricted = new RestrictedMemory(options.Board, options.SecretMemory, objects);
        Firewall = new FirewallRules(options.Board);
        ReservedShm? reserved = options.Conduit == ConduitAbi.Smc ? Reserve(options.Board.ReservedShm.Range) : null;
        _reservedMemory = reserved?.Memory;
        var threads = new ThreadLimit(options.Threads);
        var cache = new RpcArgumentCache();
        _notifications = new Notifications(Firewall);
        FfaDispatcher? spmc = options.Conduit == ConduitAbi.Ffa ? new FfaDispatcher(new NormalWorldEndpoint()) : null;
        SmcDispatcher? smc = null;
        RpcBorder border = spmc is null ? new SmcRpcBorder(Relayer, () => smc!, cache) : new FfaRpcBorder(objects, spmc, () => Partitions!.Tee);
        var rpc = new RpcClient(border);
        _store = new TaStorage(new PseudoTaRegistry(new KernelServices(Restricted, Firewall, () => Devices!, rpc)), options.EarlyTaFolder, () => rpc);
        var tas = _sessions = new SessionManager(_store, Firewall);
        var lent = new LentMemory(Relayer, Restricted, objects);
        var parameters = new ParameterReader(options.Conduit, Relayer, objects, Restricted, reserved);
        var protectedMemory = new ProtectedMemoryCommands(lent, Restricted, parameters);
        Messages = new MessageEntry(options.Conduit, tas, parameters, protectedMemory, Relayer, objects, _notifications);
        var calls = new YieldingCalls(Messages, threads, rpc);
        if (reserved is not null)
        {
            var fastCalls = new FastCalls(reserved, Restricted, threads, _notifications, cache);
            Dispatcher = smc = new SmcDispatcher(fastCalls, calls, objects, Relayer, reserved);
        }
        else
        {
            var tee = new TeePartition(calls, objects, Relayer, Restricted, lent, _notifications);
            Partitions = new SecurePartitions(spmc!, tee, Relayer, options.Board, options.SecretMemory, options.Contexts, _notifications);
            Dispatcher = spmc!;
        }

        Devices = new DeviceModels(Firewall, Relayer, Restricted, _notifications.Ring, _screen);
        Entry = new SipCalls(Devices, Dispatcher);
        _systemCalls = new SystemCallTable(new SystemCallParts(tas, Restricted.SecureRam, rpc, Firewall, Version));
    }

    internal static string Version { get; } = typeof(TrustedOs).Assembly.GetName().Version?.ToString(3) ?? "0";

    internal RestrictedMemory Restricted { get; }

    internal FirewallRules Firewall { get; }

    /// <summary>The devices of the board.</summary>
    internal DeviceModels Devices { get; }

    /// <summary>Who owns and shares normal memory.</summary>
    internal MemoryRelayer Relayer { get; }

    /// <summary>The FF-A endpoints; null over SMC.</summary>
    internal SecurePartitions? Partitions { get; }

    internal IFrameDispatcher Dispatcher { get; }

    /// <summary>Where every frame enters.</summary>
    internal SipCalls Entry { get; }

    internal MessageEntry Messages { get; }

    internal MemoryProtection Protection => Restricted.Protection;

    /// <summary>Bytes of secure memory that are mapped at boot.</summary>
    internal ulong SecureBytes { get; }

    internal Thread Serve(IConduit conduit, int number, bool isFastOnly) =>
        new ConduitServer(conduit, number, isFastOnly, Entry, Messages, _systemCalls).Start(isFastOnly ? "conduit fast" : $"conduit {number}");

    internal void ConnectNotificationLine(PipeEnd line) => _notifications.Connect(line);

    /// <summary>Ends all instances of a TA that has failed on a thread of its own.</summary>
    internal void Kill(Guid uuid, string cause) => _sessions.Instances.Kill(uuid, cause);

    /// <summary>Work that may be done while the first call is still on its way.</summary>
    internal void WarmUp() => _store.Warm();

    /// <summary>Writes what has not got into the secure log yet, before it closes, and the newest picture of the screen.</summary>
    internal void Finish()
    {
        _screen?.Finish();
        _notifications.DoBottomHalf();
    }

    /// <summary>
    /// Scrubs all secure memory and leaves it mapped: a TA may still be running on it, until the process ends a moment later.
    /// </summary>
    internal void PowerOff()
    {
        Devices.Dispose();
        _screen?.Dispose();
        Restricted.Scrub();
        Relayer.Scrub();
        Partitions?.Scrub();
    }

    /// <summary>Scrubs and unmaps all secure memory, when no thread is left in a call.</summary>
    public void Dispose()
    {
        Devices.Dispose();
        _screen?.Dispose();
        Restricted.Dispose();
        Relayer.Dispose();
        Partitions?.Dispose();
        _reservedMemory?.Release();
        _ram.Dispose();
    }

    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="InvalidDataException">The board has no display.</exception>
    private static Screen? ScreenFor(TrustedOsOptions options)
    {
        if (options.ScreenFile is not { } path)
            return null;
        return options.Board.BusMasters.Any(master => master.Name == BusMasterNames.DisplayController)
            ? new Screen(ScreenFile.Open(path), options.SecretMemory)
            : throw new InvalidDataException($"The board has no {BusMasterNames.DisplayController}, so there is no screen to write to '{path}'.");
    }

    private ReservedShm Reserve(PhysicalRange range) => new(
        SharedMemory.FromRange(Relayer, range, cookie: 0) ?? throw new InvalidDataException($"No bank of normal RAM holds the reserved shm {range}."), range);
}
