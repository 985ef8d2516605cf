namespace RestrictedTee.Contracts;

/// <summary>The concurrent TA and its large sibling (optee_test ta/concurrent/include/ta_concurrent.h).</summary>
/// <remarks>
/// What it tells: how many calls are under way, and digests of ranges that the client chooses. It
/// has no secure-data-path property, so that no restricted memref, of any size above 0, reaches it, be it from the
/// normal world or from another TA.
/// </remarks>
public static class Concurrent
{
    /// <summary>TA_CONCURRENT_UUID.</summary>
    public const string UuidText = "e13010e0-2ae1-11e5-896a-0002a5d5c51b";

    /// <summary>TA_CONCURRENT_LARGE_UUID.</summary>
    public const string LargeUuidText = "5ce0c432-0ab0-40e5-a056-782ca0e6aba2";

    /// <summary>In and out: memref[0] 32-bit count of active calls, value[1].a rounds in, .b concurrency out.</summary>
    public const uint CommandBusyLoop = 0;

    /// <summary>As the busy loop, with memref[2] digested in each round and the digest in memref[3].</summary>
    public const uint CommandSha256 = 1;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);

    /// <summary>The UUID of the large one.</summary>
    public static readonly Guid LargeUuid = new(LargeUuidText);
}
