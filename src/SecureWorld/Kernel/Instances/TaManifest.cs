using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Firewall;

namespace RestrictedTee.SecureWorld.Kernel.Instances;

/// <summary>What the kernel knows of a trusted application without running any of it (struct ta_head and its properties upstream).</summary>
internal sealed class TaManifest
{
    internal TaManifest(Guid uuid, TaFlags flags)
    {
        (Uuid, Flags) = (uuid, flags);
        Master = BusMaster.TrustedApp(uuid, Has(TaFlags.SecureDataPath));
    }

    internal Guid Uuid { get; }

    internal TaFlags Flags { get; }

    internal required string Version { get; init; }

    internal required string Description { get; init; }

    /// <summary>gpd.ta.dataSize: the most secure RAM that an instance may hold, in bytes.</summary>
    internal required int DataSize { get; init; }

    internal required bool IsPseudo { get; init; }

    /// <summary>The TA's own properties, with values of <see cref="PropertyValue"/>'s types.</summary>
    internal required IReadOnlyList<KeyValuePair<string, object>> Properties { get; init; }

    /// <summary>What the TA is to the firewall.</summary>
    internal BusMaster Master { get; }

    internal bool Has(TaFlags flag) => (Flags & flag) == flag;
}
