namespace RestrictedTee.Contracts;

/// <summary>
/// The FF-A partitions beside the TEE, which exist to be tested with. UUIDs and commands 0–11 are those of xtest's ffa_spmc
/// (OP-TEE/optee_test host/xtest/ffa_spmc_1000.c); the rest is RestrictedTee's own. A command is word 0 of a direct request (w3),
/// its arguments words 1–4, its result word 0 of the answer.
/// </summary>
/// <remarks>
/// What they tell: everything about memory that was sent to them, by design; they are test equipment, on boards that ask for it.
/// Restricted buffers are never sent to them: pools and what is lent to pools belong to the TEE, and the relayer lets nobody
/// retrieve what was not sent to him.
/// </remarks>
public static class EchoPartitions
{
    /// <summary>The first instance.</summary>
    public static readonly Guid Uuid1 = new("5c9edbc3-7b3a-4367-9f83-7c191ae86a37");

    /// <summary>The second instance.</summary>
    public static readonly Guid Uuid2 = new("7817164c-c40c-4d1a-867a-9bb2278cf41a");

    /// <summary>The third instance.</summary>
    public static readonly Guid Uuid3 = new("23eb0100-e32a-4497-9052-2f11e584afa6");

    /// <summary>The logical partition, which answers with the sum of the payload.</summary>
    public static readonly Guid LogicalUuid = new("54b5440e-a3d2-48d1-872a-7b6cbfc34855");

    /// <summary>SPMC_TEST_OK: the result when all went well.</summary>
    public const uint Ok = 0xAA;

    /// <summary>Any other failure. The FF-A status, negated, is in word 1 when a call of the partition failed.</summary>
    public const uint Failed = 0xFF;

    /// <summary>EP_TEST_SP: are you there? Answers <see cref="Ok"/>.</summary>
    public const uint CommandTest = 0;

    /// <summary>EP_TEST_SP_COMMUNICATION: word 1 another partition, which is asked to increase numbers.</summary>
    public const uint CommandCommunicate = 1;

    /// <summary>EP_TEST_SP_INCREASE: words 1–4 come back one larger.</summary>
    public const uint CommandIncrease = 2;

    /// <summary>EP_TRY_R_ACCESS: reads the memory retrieved last; word 1 of the answer is its first byte.</summary>
    public const uint CommandRead = 3;

    /// <summary>EP_TRY_W_ACCESS: writes word 1 to all of the memory retrieved last.</summary>
    public const uint CommandWrite = 4;

    /// <summary>EP_RETRIEVE: words 1, 2 handle, word 3 sender, word 4 <see cref="RetrieveHow"/> bits. Answers with pages in word 1, ranges in word 2.</summary>
    public const uint CommandRetrieve = 5;

    /// <summary>EP_RELINQUISH: words 1, 2 handle, word 3 flags.</summary>
    public const uint CommandRelinquish = 6;

    /// <summary>EP_SP_MEM_SHARING: word 1 another partition; memory goes to and fro by share, lend and donate.</summary>
    public const uint CommandShareMemory = 7;

    /// <summary>EP_SP_MEM_SHARING_MULTI: words 1, 2 two other partitions; memory is shared with and lent to both.</summary>
    public const uint CommandShareWithTwo = 8;

    /// <summary>EP_SP_MEM_SHARING_EXC: word 1 another partition; while memory is lent, its lender cannot reach it.</summary>
    public const uint CommandShareExclusively = 9;

    /// <summary>EP_SP_MEM_INCORRECT_ACCESS: word 1 another partition; rights beyond those given are refused.</summary>
    public const uint CommandWrongAccess = 10;

    /// <summary>EP_SP_NOP: answers <see cref="Ok"/>.</summary>
    public const uint CommandNop = 11;

    /// <summary>Yields word 1 times, <see cref="MaxYields"/> at most, then answers with that number in word 1.</summary>
    public const uint CommandYield = 12;

    /// <summary>The most that <see cref="CommandYield"/> takes.</summary>
    public const uint MaxYields = 1000;

    /// <summary>Binds notifications words 2, 3 to sender word 1.</summary>
    public const uint CommandBind = 13;

    /// <summary>Unbinds notifications words 2, 3 from sender word 1.</summary>
    public const uint CommandUnbind = 14;

    /// <summary>Sets notifications words 2, 3 of receiver word 1.</summary>
    public const uint CommandSetNotification = 15;

    /// <summary>Answers with the partition's pending notifications: words 1, 2 of partitions, words 3, 4 of the normal world.</summary>
    public const uint CommandGetNotifications = 16;

    /// <summary>Sends a direct request to word 1, and answers with the function id of what came back in word 1 and its w2 in word 2.</summary>
    public const uint CommandCall = 17;

    /// <summary>Sends a page to word 1: word 4 is its number counted from the partition's RAM, signed, so that pages given to it can be named; word 2 is the function id, word 3 the access. Answers with the handle in words 1, 2.</summary>
    public const uint CommandSend = 18;

    /// <summary>Reclaims handle words 1, 2 with flags word 3.</summary>
    public const uint CommandReclaim = 19;

    /// <summary>Reads the byte at physical address words 1, 2, which comes back in word 1.</summary>
    public const uint CommandPeek = 20;

    /// <summary>Writes word 3 to the byte at physical address words 1, 2.</summary>
    public const uint CommandPoke = 21;

    /// <summary>Answers with the physical address of its RAM in words 1, 2 and its pages in word 3.</summary>
    public const uint CommandWhereIsRam = 22;

    /// <summary>
    /// Makes any FF-A call as the partition: words 1, 2 the physical address of a page that it can reach, laid out as
    /// <see cref="Proxy"/> says. The partition's w0 to x17 come from there and go back there.
    /// </summary>
    public const uint CommandProxy = 23;

    /// <summary>Layout of the page of <see cref="CommandProxy"/>.</summary>
    public static class Proxy
    {
        /// <summary>Registers x0–x17, in and out.</summary>
        public const int FrameOffset = 0;

        /// <summary>What to put into TX.</summary>
        public const int TxOffset = 256;

        /// <summary>Bytes of it.</summary>
        public const int TxLength = 1536;

        /// <summary>What was in RX afterwards.</summary>
        public const int RxOffset = 2048;

        /// <summary>Bytes of it.</summary>
        public const int RxLength = 2048;
    }

    /// <summary>How to retrieve.</summary>
    [Flags]
    public enum RetrieveHow : uint
    {
        /// <summary>Shared memory, with the rights offered.</summary>
        None = 0,

        /// <summary>The memory will be the partition's alone, so it says that it will not be executed.</summary>
        Alone = 1,

        /// <summary>Read-only will do.</summary>
        ReadOnly = 2,

        /// <summary>Read-write is wanted.</summary>
        ReadWrite = 4,

        /// <summary>The other receivers are not listed.</summary>
        Bypass = 8,

        /// <summary>Zero it afterwards.</summary>
        ZeroAfterRelinquish = 16,
    }
}
