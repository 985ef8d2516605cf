using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Services;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.PseudoTas;
using RestrictedTee.SecureWorld.SecureMonitor;
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

    /// <summary>Yielding calls at once.</summary>
    internal int Threads { get; init; } = 8;

    internal string EarlyTaFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "ta");
}

/// <summary>The secure world put together: everything is made here, once, and knows nothing of who made it.</summary>
internal sealed class TrustedOs : IDisposable
{
    private readonly NormalRamMap _ram;
    private readonly SharedMemory _reservedMemory;
    private readonly TaStorage _store;
    private readonly Notifications _notifications;
    private readonly TeeServices _services;

    internal TrustedOs(TrustedOsOptions options, NormalRamMap ram)
    {
        _ram = ram;
        var objects = new MemoryObjectTable();
        Restricted = new RestrictedMemory(options.Board, options.SecretMemory, objects);
        Firewall = new FirewallRules();
        _reservedMemory = SharedMemory.FromRange(ram, options.Board.ReservedShm.Range, cookie: 0)
            ?? throw new InvalidDataException($"No bank of normal RAM holds the reserved shm {options.Board.ReservedShm.Range}.");
        var reserved = new ReservedShm(_reservedMemory, options.Board.ReservedShm.Range);
        var threads = new ThreadLimit(options.Threads);
        var cache = new RpcArgumentCache();
        _notifications = new Notifications(Firewall);
        var rpc = new RpcClient(ram, () => Dispatcher!, cache);
        _store = new TaStorage(new PseudoTaRegistry(new KernelServices(Restricted, Firewall)), options.EarlyTaFolder, () => rpc);
        var tas = new TaManager(_store, new AccessPolicy(Firewall));
        var messages = new MessageEntry(tas, new ParameterReader(ram, objects, Restricted, reserved), ram, objects, _notifications);
        Messages = messages;
        Dispatcher = new SmcDispatcher(new FastCalls(reserved, Restricted, threads, _notifications, cache), messages, objects, ram, reserved, threads, rpc);
        _services = new TeeServices(tas, Restricted, Firewall, rpc, ram, new PropertySets(Restricted.Protection, Version));
    }

    internal static string Version { get; } = typeof(TrustedOs).Assembly.GetName().Version?.ToString(3) ?? "0";

    internal RestrictedMemory Restricted { get; }

    internal FirewallRules Firewall { get; }

    internal SmcDispatcher Dispatcher { get; }

    internal MessageEntry Messages { get; }

    internal MemoryProtection Protection => Restricted.Protection;

    internal Thread Serve(IConduit conduit, int number, bool isFastOnly) =>
        new ConduitServer(conduit, isFastOnly, Dispatcher, _services).Start(isFastOnly ? "conduit fast" : $"conduit {number}");

    internal void ConnectNotificationLine(PipeEnd line) => _notifications.Connect(line);

    /// <summary>Work that may be done while the first call is still on its way.</summary>
    internal void WarmUp() => _store.Warm();

    /// <summary>
    /// Scrubs all secure memory and leaves it mapped: a TA may still be running on it, until the process ends a moment later.
    /// </summary>
    internal void PowerOff() => Restricted.Scrub();

    /// <summary>Scrubs and unmaps all secure memory, when no thread is left in a call.</summary>
    public void Dispose()
    {
        Restricted.Dispose();
        _reservedMemory.Release();
        _ram.Dispose();
    }
}
