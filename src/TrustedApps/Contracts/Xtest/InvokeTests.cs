namespace RestrictedTee.Contracts;

/// <summary>The pseudo TA of xtest's invoke tests (optee_os lib/libutee/include/pta_invoke_tests.h).</summary>
/// <remarks>
/// What it tells: everything about memory that nobody has claimed, by design: it is test equipment, and xtest compares what it
/// reads back. That is no leak, because secret content is claimed before its first byte is written (Tee.ClaimRestricted), and a
/// claim shuts out every TA that it does not name, in whatever order and however often it asks; free memory is zero. It
/// takes restricted memory from TAs only, and is no reader of any claim. The other commands tell sums and counts of what the
/// caller passed.
/// </remarks>
public static class InvokeTests
{
    /// <summary>PTA_INVOKE_TESTS_UUID.</summary>
    public const string UuidText = "d96a5b40-c3e5-21e3-8794-1002a5d5c61b";

    /// <summary>Traces a line. Parameters are not looked at.</summary>
    public const uint CommandTrace = 0;

    /// <summary>
    /// One in/out value: a += b. Three input values, one output: the sums. One in/out memref: byte 0 becomes the sum of all bytes.
    /// </summary>
    public const uint CommandParams = 1;

    /// <summary>Runs the core's own tests. Parameters are not looked at.</summary>
    public const uint CommandSelfTests = 2;

    /// <summary>In: memref[0] normal memory. Out: memref[1] restricted memory.</summary>
    public const uint CommandCopyNsecToSec = 3;

    /// <summary>In and out: memref[0] restricted memory; each byte becomes ~byte + 1.</summary>
    public const uint CommandReadModifySec = 4;

    /// <summary>In: memref[0] restricted memory. Out: memref[1] normal memory.</summary>
    public const uint CommandCopySecToNsec = 5;

    /// <summary>In: value[0].a writer or reader, .b rounds. Out: value[1].a waiting before, .b inside during the lock.</summary>
    public const uint CommandMutex = 7;

    /// <summary>Tests the detector of lock order violations. NOT_SUPPORTED: the core has none.</summary>
    public const uint CommandLockdep = 8;

    /// <summary>In and out: memref[0], which must be null and of size 0.</summary>
    public const uint CommandMemrefNull = 10;

    /// <summary>
    /// Tests drivers that are found by a device tree. Parameters are not looked at. Success where they are not configured, as upstream's
    /// core answers, and as its xtest expects of every core.
    /// </summary>
    public const uint CommandDtDriverTests = 11;

    /// <summary>Tests the transfer list that firmware hands over. NOT_SUPPORTED: there is none.</summary>
    public const uint CommandTransferListTests = 12;

    /// <summary>PTA_MUTEX_TEST_WRITER.</summary>
    public const uint MutexWriter = 0;

    /// <summary>PTA_MUTEX_TEST_READER.</summary>
    public const uint MutexReader = 1;

    /// <summary>The UUID.</summary>
    public static readonly Guid Uuid = new(UuidText);
}
