using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.FfaSpmc;

/// <summary>The original's six cases (OP-TEE/optee_test host/xtest/ffa_spmc_1000.c), step by step.</summary>
internal static class SpmcCases
{
    internal static IReadOnlyList<XtestCase> All { get; } =
    [
        new("ffa_spmc_1001", "Test FF-A communication", Communication),
        new("ffa_spmc_1002", "Test FF-A memory: share memory from Normal World to SP", NormalWorldToPartition),
        new("ffa_spmc_1003", "Test FF-A memory: SP to SP", PartitionToPartition),
        new("ffa_spmc_1004", "Test FF-A memory: Access and flags", AccessAndFlags),
        new("ffa_spmc_1005", "Test FF-A memory: multiple receiver", MultipleReceivers),
        new("ffa_spmc_1006", "Test FF-A LSP", LogicalPartition),
    ];

    private static void Communication(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        PartitionId first = ffa.GetPartitionId(EchoPartitions.Uuid1), second = ffa.GetPartitionId(EchoPartitions.Uuid2);
        using (c.Begin("SP1 comms check"))
            c.ExpectOk(ffa.Send(first, EchoPartitions.CommandTest));
        using (c.Begin("SP2 comms check"))
            c.ExpectOk(ffa.Send(second, EchoPartitions.CommandTest));
        using (c.Begin("SP to SP messaging check"))
        {
            c.ExpectOk(ffa.Send(first, EchoPartitions.CommandCommunicate, second.Value));
            c.ExpectOk(ffa.Send(second, EchoPartitions.CommandCommunicate, first.Value));
        }

        using (c.Begin("64-bit and 1.2 forms"))
        {
            SmcFrame wide = default;
            wide.A0 = FfaFunction.MsgSendDirectReq64;
            wide[3] = EchoPartitions.CommandIncrease;
            wide[4] = 41;
            wide = ffa.Send(first, wide);
            c.Expect(wide.A3 == EchoPartitions.Ok && wide[4] == 42, "42");
            SmcFrame request2 = default;
            request2.A0 = FfaFunction.MsgSendDirectReq2;
            (request2[2], request2[3]) = (FfaUuid.Half(EchoPartitions.Uuid1, 0), FfaUuid.Half(EchoPartitions.Uuid1, 1));
            for (int i = 4; i < SmcFrame.RegisterCount; i++)
                request2[i] = 0x1234_5678_9abc_0000 + (ulong)i;
            SmcFrame answer = ffa.Send(first, request2);
            for (int i = 4; i < SmcFrame.RegisterCount; i++)
                c.Expect(answer[i] == request2[i], $"x{i} echoed");
        }
    }

    private static void NormalWorldToPartition(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        PartitionId partition = ffa.GetPartitionId(EchoPartitions.Uuid1);
        c.ExpectOk(ffa.Send(partition, EchoPartitions.CommandTest));
        using FfaMemory memory = ffa.Allocate(1);
        MemoryHandle handle;
        using (c.Begin("Test memory set-up"))
        {
            handle = memory.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(partition, FfaAccess.ReadWrite));
            c.ExpectOk(Retrieve(ffa, partition, handle));
        }

        using (c.Begin("Test retrieve memory second time"))
            c.ExpectOk(Retrieve(ffa, partition, handle));
        using (c.Begin("Test accessing memory"))
        {
            memory.Span[0] = 0x5A;
            uint[] read = ffa.Send(partition, EchoPartitions.CommandRead);
            c.Expect(read is [EchoPartitions.Ok, 0x5A, ..], "the byte that was written here");
            c.ExpectOk(ffa.Send(partition, EchoPartitions.CommandWrite, 0xC3));
            c.Expect(memory.Span[^1] == 0xC3, "the byte that was written there");
        }

        using (c.Begin("Test relinquish memory"))
            c.ExpectOk(Relinquish(ffa, partition, handle));
        using (c.Begin("Test incorrect reclaim"))
            c.ExpectErrno(Errno.EACCES, () => memory.Reclaim(handle));
        using (c.Begin("Test relinquish memory second time"))
            c.ExpectOk(Relinquish(ffa, partition, handle));
        using (c.Begin("Test correct reclaim"))
        {
            memory.Reclaim(handle);
            c.ExpectOk(ffa.Send(partition, EchoPartitions.CommandNop));
        }

        using (c.Begin("Test retrieve invalid memory region"))
        {
            c.Expect(Retrieve(ffa, partition, handle)[0] != EchoPartitions.Ok, "a refusal");
            c.ExpectOk(ffa.Send(partition, EchoPartitions.CommandNop));
        }
    }

    private static void PartitionToPartition(CaseRun c)
    {
        PartitionId first = c.Ffa.GetPartitionId(EchoPartitions.Uuid1), second = c.Ffa.GetPartitionId(EchoPartitions.Uuid2);
        c.ExpectOk(c.Ffa.Send(first, EchoPartitions.CommandShareMemory, second.Value));
        c.ExpectOk(c.Ffa.Send(second, EchoPartitions.CommandShareMemory, first.Value));
    }

    private static void AccessAndFlags(CaseRun c)
    {
        PartitionId first = c.Ffa.GetPartitionId(EchoPartitions.Uuid1), second = c.Ffa.GetPartitionId(EchoPartitions.Uuid2);
        using (c.Begin("Test sharing with exc access"))
            c.ExpectOk(c.Ffa.Send(first, EchoPartitions.CommandShareExclusively, second.Value));
        using (c.Begin("Test sharing with incorrect access"))
            c.ExpectOk(c.Ffa.Send(first, EchoPartitions.CommandWrongAccess, second.Value));
    }

    private static void MultipleReceivers(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        PartitionId first = ffa.GetPartitionId(EchoPartitions.Uuid1), second = ffa.GetPartitionId(EchoPartitions.Uuid2), third = ffa.GetPartitionId(EchoPartitions.Uuid3);
        using (c.Begin("SP1 to SP2 and SP3"))
            c.ExpectOk(ffa.Send(first, EchoPartitions.CommandShareWithTwo, second.Value, third.Value));
        using (c.Begin("Normal World to SP1 and SP2"))
        {
            const uint Bypass = (uint)EchoPartitions.RetrieveHow.Bypass;
            using FfaMemory memory = ffa.Allocate(2);
            MemoryHandle handle = memory.Send(
                FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(first, FfaAccess.ReadWrite), new FfaReceiver(second, FfaAccess.ReadOnly));
            c.ExpectOk(Retrieve(ffa, first, handle, Bypass));
            c.ExpectOk(Retrieve(ffa, second, handle, Bypass));
            c.ExpectOk(ffa.Send(first, EchoPartitions.CommandWrite, 0x77));
            c.Expect(ffa.Send(second, EchoPartitions.CommandRead) is [EchoPartitions.Ok, 0x77, ..], "what the other has written");
            c.Expect(ffa.Send(second, EchoPartitions.CommandWrite, 1)[0] == EchoPartitions.Failed, "a data abort: read-only");
            c.ExpectOk(Relinquish(ffa, first, handle));
            c.ExpectErrno(Errno.EACCES, () => memory.Reclaim(handle));
            c.ExpectOk(Relinquish(ffa, second, handle));
            memory.Reclaim(handle);
        }
    }

    private static void LogicalPartition(CaseRun c)
    {
        PartitionId partition = c.Ffa.GetPartitionId(EchoPartitions.LogicalUuid);
        using (c.Begin("LSP direct request/response"))
            c.Expect(c.Ffa.Send(partition, 0, 1, 2, 3, 4)[0] == 10, "the sum");
    }

    private static uint[] Retrieve(FfaUserDevice ffa, PartitionId partition, MemoryHandle handle, uint how = 0) =>
        ffa.Send(partition, EchoPartitions.CommandRetrieve, handle.Low, handle.High, ffa.Id.Value, how);

    private static uint[] Relinquish(FfaUserDevice ffa, PartitionId partition, MemoryHandle handle) =>
        ffa.Send(partition, EchoPartitions.CommandRelinquish, handle.Low, handle.High);
}
