using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Instances;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.SystemCalls;

/// <summary>One property: in which set, its name, and its value as a session sees it (one of <see cref="PropertyValue"/>'s types).</summary>
internal sealed record PropertyRow(PropertySet Set, string Name, Func<Session, object> Get);

/// <summary>
/// Every property of the TEE, of each TA and of each client (GPD_SPE_010 sections 4.5 to 4.7; core/tee/tee_svc.c,
/// lib/libutee/tee_api_property.c and ta/user_ta_header.c upstream, whose types these are). A service that is not there says so:
/// by false, by 0, or by having no property. The org.restrictedtee ones say that this is an emulation and how its memory is kept.
/// </summary>
internal static class PropertyTable
{
    /// <summary>bool: the TEE is an emulation in a process; there is no hardware behind it.</summary>
    internal const string Emulation = "org.restrictedtee.emulation";

    /// <summary>string: "secretmem", "locked" or "anonymous".</summary>
    internal const string MemoryProtectionName = "org.restrictedtee.memoryProtection";

    private const string Manufacturer = "RestrictedTee";

    /// <summary>gpd.tee.internalCore.version: major, minor and maintenance, a byte each.</summary>
    private const uint InternalCoreVersion = 0x01030100;

    /// <summary>TEE_ISOCKET_VERSION (GPD_SPE_100, 101 and 103).</summary>
    private const uint SocketVersion = 0x01000000;

    /// <summary>Controlled by the normal world: the clock is the host's.</summary>
    private const uint ClockOfTheNormalWorld = 100;

    private const uint LittleEndian = 0;

    /// <summary>The same for all boards: there is no fused identity to derive one from.</summary>
    internal static Guid DeviceId { get; } = new("5254454c-7465-4165-8000-000000000001");

    /// <summary>The rows, in the order in which an enumerator tells them.</summary>
    internal static IReadOnlyList<PropertyRow> Rows(MemoryProtection protection, string version) =>
    [
        Client("gpd.client.identity", session => session.Client),
        Client("gpd.client.endian", _ => LittleEndian),

        Ta("gpd.ta.appID", session => session.Instance.Manifest.Uuid),
        Ta("gpd.ta.singleInstance", session => session.Instance.Manifest.Has(TaFlags.SingleInstance)),
        Ta("gpd.ta.multiSession", session => session.Instance.Manifest.Has(TaFlags.MultiSession)),
        Ta("gpd.ta.instanceKeepAlive", session => session.Instance.Manifest.Has(TaFlags.InstanceKeepAlive)),
        Ta("optee.ta.instanceKeepCrashed", session => session.Instance.Manifest.Has(TaFlags.InstanceKeepCrashed)),
        Ta("gpd.ta.dataSize", session => (uint)session.Instance.Manifest.DataSize),
        Ta("gpd.ta.stackSize", _ => (uint)CallStack.StackPerTa),
        Ta("gpd.ta.version", session => session.Instance.Manifest.Version),
        Ta("gpd.ta.description", session => session.Instance.Manifest.Description),
        Ta("gpd.ta.endian", _ => LittleEndian),
        Ta("gpd.ta.doesNotCloseHandleOnCorruptObject", _ => false), // there are no persistent objects

        Tee("gpd.tee.apiversion", "1.3.1"),
        Tee("gpd.tee.internalCore.version", InternalCoreVersion),
        Tee("gpd.tee.description", $"RestrictedTee {version}: an OP-TEE-style TEE emulated in a Linux process"),
        Tee("gpd.tee.deviceID", DeviceId),
        Tee("gpd.tee.systemTime.protectionLevel", ClockOfTheNormalWorld),
        Tee("gpd.tee.TAPersistentTime.protectionLevel", ClockOfTheNormalWorld),
        Tee("gpd.tee.arith.maxBigIntSize", (uint)BigInt.MaxSize), // in bits
        Tee("gpd.tee.cryptography.ecc", true), // the optional families of algorithms, true where one is whole
        Tee("gpd.tee.cryptography.nist", true), // P-192 to P-521
        Tee("gpd.tee.cryptography.bsi-r", false), // no Brainpool curves
        Tee("gpd.tee.cryptography.bsi-t", false),
        Tee("gpd.tee.cryptography.ietf", true), // X25519, Ed25519, X448, Ed448
        Tee("gpd.tee.cryptography.octa", true), // SM2, SM3, SM4
        Tee("gpd.tee.cryptography.maxRetainedData", 0u),
        Tee("gpd.tee.trustedStorage.antiRollback.protectionLevel", 0u), // no trusted storage
        Tee("gpd.tee.trustedStorage.rollbackDetection.protectionLevel", 0u),
        Tee("gpd.tee.trustedStorage.private.rollbackProtection", 0u),
        Tee("gpd.tee.trustedStorage.perso.rollbackProtection", 0u),
        Tee("gpd.tee.trustedStorage.protected.rollbackProtection", 0u),
        Tee("gpd.tee.trustedos.implementation.version", version),
        Tee("gpd.tee.trustedos.implementation.binaryversion", BinaryVersion(version)),
        Tee("gpd.tee.trustedos.manufacturer", Manufacturer),
        Tee("gpd.tee.firmware.implementation.version", version), // the monitor is part of the same program
        Tee("gpd.tee.firmware.implementation.binaryversion", BinaryVersion(version)),
        Tee("gpd.tee.firmware.manufacturer", Manufacturer),
        Tee("gpd.tee.sockets.version", SocketVersion),
        Tee("gpd.tee.sockets.tcp.version", SocketVersion),
        Tee("gpd.tee.sockets.udp.version", SocketVersion),
        Tee("gpd.tee.event.maxSources", 0u), // no event API
        Tee(Emulation, true),
        Tee(MemoryProtectionName, Name(protection)),
    ];

    internal static string Name(MemoryProtection protection) => protection switch
    {
        MemoryProtection.SecretMemory => "secretmem",
        MemoryProtection.Locked => "locked",
        _ => "anonymous",
    };

    private static PropertyRow Client(string name, Func<Session, object> get) => new(PropertySet.CurrentClient, name, get);

    private static PropertyRow Ta(string name, Func<Session, object> get) => new(PropertySet.CurrentTa, name, get);

    private static PropertyRow Tee(string name, object value) => new(PropertySet.TeeImplementation, name, _ => value);

    private static uint BinaryVersion(string version) =>
        Version.TryParse(version, out Version? parsed) ? ((uint)parsed.Major << 24) | ((uint)parsed.Minor << 16) | ((uint)Math.Max(parsed.Build, 0) << 8) : 0;
}
