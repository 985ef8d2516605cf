namespace RestrictedTee.Contracts;

/// <summary>
/// One program under three UUIDs and ways of living (optee_test ta/sims, ta/sims_keepalive, ta/miss): single instance with
/// many sessions, the same kept alive, and an instance for each session.
/// </summary>
/// <remarks>
/// What it tells: what any of its clients wrote into it, to any other, which is the test. It has no secure-data-path property,
/// so that no restricted memref, of any size above 0, reaches it, be it from the normal world or from another TA; as the client
/// of another TA it is itself, so it opens nothing that looks at who its client is.
/// </remarks>
public static class Sims
{
    /// <summary>TA_SIMS_TEST_UUID.</summary>
    public const string UuidText = "e6a33ed4-562b-463a-bb7e-ff5e15a493c8";

    /// <summary>TA_SIMS_KEEP_ALIVE_TEST_UUID.</summary>
    public const string KeepAliveUuidText = "a4c04d50-f180-11e8-8eb2-f2801f1b9fd1";

    /// <summary>TA_MISS_TEST_UUID.</summary>
    public const string MissUuidText = "528938ce-fc59-11e8-8eb2-f2801f1b9fd1";

    /// <summary>In: value[0].a index below 4. Out: memref[1] what was written there.</summary>
    public const uint CommandRead = 1;

    /// <summary>In: value[0].a index below 4, memref[1].</summary>
    public const uint CommandWrite = 2;

    /// <summary>Out: value[0].a how many sessions the instance had opened before this one.</summary>
    public const uint CommandGetCounter = 3;

    /// <summary>In: memref[0] null to panic; or the UUID, as TEE_UUID, of a TA that is to panic.</summary>
    public const uint CommandPanic = 4;

    /// <summary>In: memref[0] the UUID, as TEE_UUID, of a TA to open a session to.</summary>
    public const uint CommandOpenTaSession = 5;

    /// <summary>The UUID of the single instance.</summary>
    public static readonly Guid Uuid = new(UuidText);

    /// <summary>The UUID of the one that is kept alive.</summary>
    public static readonly Guid KeepAliveUuid = new(KeepAliveUuidText);

    /// <summary>The UUID of the one with an instance for each session.</summary>
    public static readonly Guid MissUuid = new(MissUuidText);
}
