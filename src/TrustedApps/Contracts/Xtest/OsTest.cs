namespace RestrictedTee.Contracts;

/// <summary>The os_test TA (optee_test ta/os_test/include/ta_os_test.h).</summary>
/// <remarks>
/// What it tells: the time, its own properties, its client's identity and sums over what the client passed. It
/// has no secure-data-path property, so that no restricted memref, of any size above 0, reaches it, be it from the
/// normal world or from another TA.
/// </remarks>
public static class OsTest
{
    /// <summary>TA_OS_TEST_UUID.</summary>
    public const string UuidText = "5b9e0e40-2636-11e1-ad9e-0002a5d5c51b";

    /// <summary>What the TA's persistent time is like: TIME_NOT_SET until <see cref="CommandBasic"/> has set it. Parameters are not looked at.</summary>
    public const uint CommandInit = 0;

    /// <summary>In: value[0].a milliseconds. Waits in another session with half of them as time-out; must be cancelled.</summary>
    public const uint CommandClientWithTimeout = 1;

    /// <summary>In: memref[0]. Properties, time, memory, access rights. The TA's persistent time is past its end afterwards.</summary>
    public const uint CommandBasic = 5;

    /// <summary>Panics, with code 0xbeef. Parameters are not looked at.</summary>
    public const uint CommandPanic = 6;

    /// <summary>Digests "abc" through the crypt TA and checks the result. Parameters are not looked at.</summary>
    public const uint CommandClient = 7;

    /// <summary>In: memref[0] the caller's, memref[1] null. Access rights of parameters.</summary>
    public const uint CommandParamsAccess = 8;

    /// <summary>In: value[0].a milliseconds to wait, cancellable; none without a value.</summary>
    public const uint CommandWait = 9;

    /// <summary>In: value[0].a which one, 1 to 7; optionally in/out memref[1]. Does something no TA may do.</summary>
    public const uint CommandBadMemAccess = 10;

    /// <summary>TA to TA with memrefs into the TA's own memory.</summary>
    public const uint CommandTa2TaMemref = 11;

    /// <summary>In memref[0], in/out memref[1], out memref[2] of one size: out = ++inout + in.</summary>
    public const uint CommandTa2TaMemrefMix = 12;

    /// <summary>Two memrefs in, two out, none of them null or empty.</summary>
    public const uint CommandParams = 13;

    /// <summary>Calls the library that the TA is linked with.</summary>
    public const uint CommandCallLib = 14;

    /// <summary>That library panics.</summary>
    public const uint CommandCallLibPanic = 15;

    /// <summary>Calls the library that the TA opens at run time, which stays open.</summary>
    public const uint CommandCallLibDl = 16;

    /// <summary>That library panics.</summary>
    public const uint CommandCallLibDlPanic = 17;

    /// <summary>Out: value[0].a what initialisers made of a number: 21 by library and TA, 213 once the other library is open.</summary>
    public const uint CommandGetGlobalVar = 18;

    /// <summary>Two memrefs in, two out, of size 0: 0 and 2 not null, 1 and 3 null.</summary>
    public const uint CommandNullMemrefParams = 19;

    /// <summary>Out: value[0].a login, memref[1] client UUID in the layout of TEE_UUID.</summary>
    public const uint CommandClientIdentity = 20;

    /// <summary>Checks what the TA keeps for each thread. Parameters are not looked at, as of all to <see cref="CommandPauthCorruptPac"/>.</summary>
    public const uint CommandTlsTestMain = 21;

    /// <summary>The same of the library that it is linked with.</summary>
    public const uint CommandTlsTestShlib = 22;

    /// <summary>Checks that there are at least two files in the instance.</summary>
    public const uint CommandDlPhdr = 23;

    /// <summary>Opens the other library, and checks that there are at least three.</summary>
    public const uint CommandDlPhdrDl = 24;

    /// <summary>Checks that a static object was constructed.</summary>
    public const uint CommandCxxCtorMain = 25;

    /// <summary>The same in the library that the TA is linked with.</summary>
    public const uint CommandCxxCtorShlib = 26;

    /// <summary>The same in the library that it opens.</summary>
    public const uint CommandCxxCtorShlibDl = 27;

    /// <summary>Throws an exception and catches it.</summary>
    public const uint CommandCxxExcMain = 28;

    /// <summary>The same through other code in between.</summary>
    public const uint CommandCxxExcMixed = 29;

    /// <summary>Pointer authentication. NOT_SUPPORTED.</summary>
    public const uint CommandPauthNop = 30;

    /// <summary>The same with a code that is wrong. NOT_SUPPORTED.</summary>
    public const uint CommandPauthCorruptPac = 31;

    /// <summary>Any parameters, for the attestation pseudo TA. ITEM_NOT_FOUND: there is none.</summary>
    public const uint CommandAttestation = 32;

    /// <summary>Memory tags: a use after free. NOT_SUPPORTED, as all to <see cref="CommandMemtagBufferOverrun"/>; parameters are not looked at.</summary>
    public const uint CommandMemtagUseAfterFree = 33;

    /// <summary>The wrong tag.</summary>
    public const uint CommandMemtagInvalidTag = 34;

    /// <summary>A double free.</summary>
    public const uint CommandMemtagDoubleFree = 35;

    /// <summary>A write beyond the end.</summary>
    public const uint CommandMemtagBufferOverrun = 36;

    /// <summary>Three memrefs of size 0, in, in/out and out, none null; passed on to another session.</summary>
    public const uint CommandTa2TaMemrefSize0 = 37;

    /// <summary>The address sanitizer: stack. NOT_SUPPORTED, as all to <see cref="CommandAsanMemfunc"/>; parameters are not looked at.</summary>
    public const uint CommandAsanStack = 38;

    /// <summary>Globals.</summary>
    public const uint CommandAsanGlobal = 39;

    /// <summary>Heap.</summary>
    public const uint CommandAsanMalloc = 40;

    /// <summary>A use after free.</summary>
    public const uint CommandAsanUaf = 41;

    /// <summary>memcpy and memset.</summary>
    public const uint CommandAsanMemfunc = 42;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
