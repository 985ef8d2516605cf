using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.SecureWorld.Kernel.Services;

/// <summary>
/// The three property sets (GPD_SPE_010 section 4.4 and tables 4-11 to 4-13). One row per property; the org.restrictedtee ones
/// say plainly that this is an emulation and how its memory is kept.
/// </summary>
internal sealed class PropertySets : IPropertyServices
{
    /// <summary>bool: the TEE is an emulation in a process; there is no hardware behind it.</summary>
    internal const string Emulation = "org.restrictedtee.emulation";

    /// <summary>string: "secretmem", "locked" or "anonymous".</summary>
    internal const string MemoryProtectionName = "org.restrictedtee.memoryProtection";

    private readonly Dictionary<string, Func<Session, object>> _tee;

    private readonly Dictionary<string, Func<Session, object>> _client = new(StringComparer.Ordinal)
    {
        ["gpd.client.identity"] = session => session.Client,
        ["gpd.client.endian"] = _ => 0u, // little-endian
    };

    private readonly Dictionary<string, Func<Session, object>> _ta = new(StringComparer.Ordinal)
    {
        ["gpd.ta.appID"] = session => session.Instance.Manifest.Uuid,
        ["gpd.ta.singleInstance"] = session => session.Instance.Manifest.Has(TaFlags.SingleInstance),
        ["gpd.ta.multiSession"] = session => session.Instance.Manifest.Has(TaFlags.MultiSession),
        ["gpd.ta.instanceKeepAlive"] = session => session.Instance.Manifest.Has(TaFlags.InstanceKeepAlive),
        ["gpd.ta.dataSize"] = session => (uint)session.Instance.Manifest.DataSize,
        ["gpd.ta.version"] = session => session.Instance.Manifest.Version,
        ["gpd.ta.description"] = session => session.Instance.Manifest.Description,
        ["gpd.ta.endian"] = _ => 0u,
    };

    internal PropertySets(MemoryProtection protection, string version)
    {
        string protectionName = Name(protection);
        _tee = new(StringComparer.Ordinal)
        {
            ["gpd.tee.apiversion"] = _ => "1.3.1",
            ["gpd.tee.internalCore.version"] = _ => 0x01030100u,
            ["gpd.tee.description"] = _ => $"RestrictedTee {version}: an OP-TEE-style TEE emulated in a Linux process",
            ["gpd.tee.deviceID"] = _ => DeviceId,
            ["gpd.tee.systemTime.protectionLevel"] = _ => 100u, // controlled by the REE: it is the host's clock
            ["gpd.tee.trustedos.implementation.version"] = _ => version,
            ["gpd.tee.trustedos.manufacturer"] = _ => "RestrictedTee",
            [Emulation] = _ => true,
            [MemoryProtectionName] = _ => protectionName,
        };
    }

    /// <summary>The same for all boards: there is no fused identity to derive one from.</summary>
    internal static Guid DeviceId { get; } = new("5254454c-7465-4165-8000-000000000001");

    internal static string Name(MemoryProtection protection) => protection switch
    {
        MemoryProtection.SecretMemory => "secretmem",
        MemoryProtection.Locked => "locked",
        _ => "anonymous",
    };

    object? IPropertyServices.Get(PropertySet set, string name)
    {
        Session session = CallStack.Current.Top.Session!;
        if (Table(set).TryGetValue(name, out Func<Session, object>? get))
            return get(session);
        return set == PropertySet.CurrentTa ? session.Instance.Manifest.Properties.GetValueOrDefault(name) : null;
    }

    IReadOnlyList<string> IPropertyServices.Names(PropertySet set)
    {
        Session session = CallStack.Current.Top.Session!;
        IEnumerable<string> names = Table(set).Keys;
        return set == PropertySet.CurrentTa ? [.. names, .. session.Instance.Manifest.Properties.Keys] : [.. names];
    }

    private Dictionary<string, Func<Session, object>> Table(PropertySet set) => set switch
    {
        PropertySet.TeeImplementation => _tee,
        PropertySet.CurrentClient => _client,
        PropertySet.CurrentTa => _ta,
        _ => throw new TeeException(TeeResult.ItemNotFound, TeeOrigin.Tee),
    };
}
