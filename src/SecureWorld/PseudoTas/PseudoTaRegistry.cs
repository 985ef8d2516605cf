using System.Reflection;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.ManagedRuntime;
using RestrictedTee.SecureWorld.Kernel.Threads;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>
/// The pseudo TAs of this build. A pseudo TA is one file and one line here; the registry checks at boot that no two share a
/// UUID and that their flags are those that a pseudo TA may have (core/kernel/pseudo_ta.c upstream).
/// </summary>
internal sealed class PseudoTaRegistry
{
    private const TaFlags Mandatory = TaFlags.SingleInstance | TaFlags.MultiSession | TaFlags.InstanceKeepAlive;
    private const TaFlags Allowed = Mandatory | TaFlags.SecureDataPath | TaFlags.Concurrent;

    private readonly Dictionary<Guid, ManagedProgram> _programs = [];

    internal PseudoTaRegistry(KernelServices kernel)
    {
        Register(() => new InvokeTestsPta());
        Register(() => new SystemPtaService(kernel));
        Register(() => new ProtectedMemoryPtaService(kernel));
        Register(() => new PlatformPtaService(kernel));
        Register(() => new FaultsPtaService(kernel));
        Register(() => new TouchPtaService(kernel));
        Register(() => new ScanoutPtaService(kernel));
        Register(() => new SocketPtaService(kernel));
    }

    internal ManagedProgram? Find(Guid uuid) => _programs.GetValueOrDefault(uuid);

    internal IEnumerable<ManagedProgram> All => _programs.Values;

    private void Register<T>(Func<T> create)
        where T : TrustedApp
    {
        TrustedAppAttribute header = typeof(T).GetCustomAttribute<TrustedAppAttribute>()
            ?? throw new InvalidOperationException($"Pseudo TA {typeof(T).Name} has no [TrustedApp].");
        if ((header.Flags & Mandatory) != Mandatory || (header.Flags | Allowed) != Allowed)
            throw new InvalidOperationException($"Pseudo TA {typeof(T).Name} has flags {header.Flags}; it needs {Mandatory} and may have {Allowed}.");
        var program = new ManagedProgram(typeof(T), header, create, isPseudo: true);
        if (!_programs.TryAdd(program.Manifest.Uuid, program))
            throw new InvalidOperationException($"Pseudo TA {typeof(T).Name} has the UUID {program.Manifest.Uuid} of another one.");
    }
}

/// <summary>What pseudo TAs may reach of the kernel.</summary>
internal sealed record KernelServices(
    ProtectedMemory.RestrictedMemory Restricted, Firewall.FirewallRules Firewall, Func<Devices.DeviceModels> Models, Kernel.Threads.RpcClient Rpc)
{
    /// <summary>What the driver may ask on behalf of devices.</summary>
    internal Firewall.DeviceAccess Devices { get; } = new(Firewall);
}
