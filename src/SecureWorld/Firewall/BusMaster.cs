using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.SecureWorld.Firewall;

/// <summary>What kind of initiator a bus master is.</summary>
internal enum BusMasterKind
{
    /// <summary>A trusted application acting for a client.</summary>
    TrustedApp,

    /// <summary>A device model.</summary>
    Device,

    /// <summary>A CPU of the normal world.</summary>
    NormalWorldCpu,

    /// <summary>An FF-A partition.</summary>
    Partition,
}

/// <summary>What an access does.</summary>
[Flags]
internal enum AccessRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Loads.</summary>
    Read = 1,

    /// <summary>Stores.</summary>
    Write = 2,

    /// <summary>Both.</summary>
    ReadWrite = Read | Write,
}

/// <summary>Which bus master: the name that claims and rules speak of.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Unique within the kind: a device's name, a partition's id; a TA has none but its UUID.</param>
/// <param name="Uuid">That of a TA. It is not put into words until somebody reads them: a claim is made in every call that writes content.</param>
internal readonly record struct MasterId(BusMasterKind Kind, string Name, Guid Uuid = default)
{
    internal static MasterId TrustedApp(Guid uuid) => new(BusMasterKind.TrustedApp, "", uuid);

    internal static MasterId Device(string name) => new(BusMasterKind.Device, name);

    /// <summary>The row of all trusted applications.</summary>
    internal static MasterId AnyTrustedApp { get; } = new(BusMasterKind.TrustedApp, "any");

    /// <summary>Whether what is said of this one is said of the other too.</summary>
    internal bool Covers(MasterId other) => this == other || (other.Kind == BusMasterKind.TrustedApp && this == AnyTrustedApp);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        // As the board file and 'rtee board' name them, so that who reads of a fault finds the row that refused.
        BusMasterKind.TrustedApp => this == AnyTrustedApp ? BusMasterNames.TrustedApp : $"{BusMasterNames.TrustedApp} {Uuid}",
        BusMasterKind.NormalWorldCpu => BusMasterNames.NormalWorldCpu,
        BusMasterKind.Partition => $"partition {Name}",
        _ => Name,
    };
}

/// <summary>Somebody who reaches memory over the bus, as the firewall knows it.</summary>
/// <param name="Id">Who.</param>
/// <param name="Ceiling">The most that any rule or claim can give it over restricted memory.</param>
internal sealed record BusMaster(MasterId Id, AccessRights Ceiling)
{
    /// <summary>The normal world's CPUs: a rule may let them write into restricted memory, and none lets them read it.</summary>
    internal static BusMaster NormalWorldCpu { get; } = new(new MasterId(BusMasterKind.NormalWorldCpu, "cpu"), AccessRights.Write);

    /// <summary>A trusted application; only one with the secure-data-path property is ever given restricted memory.</summary>
    internal static BusMaster TrustedApp(Guid uuid, bool hasSecureDataPath) =>
        new(MasterId.TrustedApp(uuid), hasSecureDataPath ? AccessRights.ReadWrite : AccessRights.None);

    internal static BusMaster Device(string name) => new(MasterId.Device(name), AccessRights.ReadWrite);

    internal static BusMaster Partition(ushort id, AccessRights ceiling) => new(new MasterId(BusMasterKind.Partition, $"0x{id:x4}"), ceiling);
}
