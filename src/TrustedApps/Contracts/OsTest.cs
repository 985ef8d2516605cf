namespace RestrictedTee.Contracts;

/// <summary>The os_test TA (optee_test ta/os_test/include/ta_os_test.h). Numbers that are missing belong to native code.</summary>
/// <remarks>
/// What it tells: the time, its own properties, its client's identity and sums over what the client passed. It
/// has no secure-data-path property, so that no restricted memref, of any size above 0, reaches it, be it from the
/// normal world or from another TA.
/// </remarks>
public static class OsTest
{
    /// <summary>TA_OS_TEST_UUID.</summary>
    public const string UuidText = "5b9e0e40-2636-11e1-ad9e-0002a5d5c51b";

    /// <summary>Nothing.</summary>
    public const uint CommandInit = 0;

    /// <summary>In: value[0].a milliseconds. Waits in another session with half of them as time-out; must be cancelled.</summary>
    public const uint CommandClientWithTimeout = 1;

    /// <summary>In: memref[0]. Properties, time, memory, access rights.</summary>
    public const uint CommandBasic = 5;

    /// <summary>Panics.</summary>
    public const uint CommandPanic = 6;

    /// <summary>Digests "abc" through the crypt TA and checks the result.</summary>
    public const uint CommandClient = 7;

    /// <summary>In: memref[0] the caller's, memref[1] null. Access rights of parameters.</summary>
    public const uint CommandParamsAccess = 8;

    /// <summary>In: value[0].a milliseconds to wait, cancellable.</summary>
    public const uint CommandWait = 9;

    /// <summary>In: value[0].a which one, 1 to 7; optionally in/out memref[1]. Does something no TA may do.</summary>
    public const uint CommandBadMemAccess = 10;

    /// <summary>TA to TA with memrefs into the TA's own memory.</summary>
    public const uint CommandTa2TaMemref = 11;

    /// <summary>In memref[0], in/out memref[1], out memref[2] of one size: out = ++inout + in.</summary>
    public const uint CommandTa2TaMemrefMix = 12;

    /// <summary>Two memrefs in, two out, none of them null or empty.</summary>
    public const uint CommandParams = 13;

    /// <summary>Two memrefs in, two out, of size 0: 0 and 2 not null, 1 and 3 null.</summary>
    public const uint CommandNullMemrefParams = 19;

    /// <summary>Out: value[0].a login, memref[1] client UUID in the layout of TEE_UUID.</summary>
    public const uint CommandClientIdentity = 20;

    /// <summary>Three memrefs of size 0, in, in/out and out, none null; passed on to another session.</summary>
    public const uint CommandTa2TaMemrefSize0 = 37;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
