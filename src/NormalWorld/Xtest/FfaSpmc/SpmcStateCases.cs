using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Xtest.Framework;

namespace RestrictedTee.Xtest.FfaSpmc;

/// <summary>What a lend, a yield and a notification do, seen from the normal world.</summary>
internal static class SpmcStateCases
{
    internal static IReadOnlyList<XtestCase> All { get; } =
    [
        new("ffa_spmc_2005", "Test FF-A memory: what is lent or donated is out of reach", OutOfReach),
        new("ffa_spmc_2006", "Test FF-A yield and run", YieldAndRun),
        new("ffa_spmc_2007", "Test FF-A notifications", Notifications),
    ];

    private static void OutOfReach(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        PartitionId partition = ffa.GetPartitionId(EchoPartitions.Uuid1);
        using FfaMemory memory = ffa.Allocate(4);
        memory.Span.Fill(0x11);
        MemoryHandle handle = memory.Send(FfaFunction.MemLend64, FfaMemoryFlags.None, new FfaReceiver(partition, FfaAccess.ReadWrite));
        using (c.Begin("Lent: zeros here, the content there"))
        {
            c.Expect(!memory.Span.ContainsAnyExcept((byte)0), "zeros");
            c.ExpectOk(ffa.Send(partition, EchoPartitions.CommandRetrieve, handle.Low, handle.High, ffa.Id.Value, (uint)EchoPartitions.RetrieveHow.Alone));
            c.Expect(ffa.Send(partition, EchoPartitions.CommandRead) is [EchoPartitions.Ok, 0x11, ..], "what was written before it was lent");
        }

        using (c.Begin("Written there: not a byte of it here"))
        {
            c.ExpectOk(ffa.Send(partition, EchoPartitions.CommandWrite, 0x22));
            c.Expect(!memory.Span.ContainsAnyExcept((byte)0), "zeros");
            memory.Span.Fill(0x33);
            c.Expect(ffa.Send(partition, EchoPartitions.CommandRead) is [EchoPartitions.Ok, 0x22, ..], "what was written there, not what was written here");
        }

        using (c.Begin("Reclaimed: zeros"))
        {
            c.ExpectOk(ffa.Send(partition, EchoPartitions.CommandRelinquish, handle.Low, handle.High));
            memory.Reclaim(handle);
            c.Expect(!memory.Span.ContainsAnyExcept((byte)0), "zeros");
        }

        using (c.Begin("Donated: gone for good"))
        {
            using FfaMemory gift = ffa.Allocate(1);
            gift.Span.Fill(0x44);
            handle = gift.Send(FfaFunction.MemDonate64, FfaMemoryFlags.None, new FfaReceiver(partition, FfaAccess.NotSpecified));
            c.ExpectOk(ffa.Send(partition, EchoPartitions.CommandRetrieve, handle.Low, handle.High, ffa.Id.Value, (uint)EchoPartitions.RetrieveHow.Alone));
            ulong page = gift.Range.Start.Value;
            uint[] peeked = ffa.Send(partition, EchoPartitions.CommandPeek, unchecked((uint)page), (uint)(page >> 32));
            c.Expect(peeked is [EchoPartitions.Ok, 0x44, ..], "the content, in its new owner's hands");
            c.Expect(!gift.Span.ContainsAnyExcept((byte)0), "zeros");
            // What is not the normal world's any more it cannot share.
            c.ExpectErrno(Errno.EACCES, () => gift.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(partition, FfaAccess.ReadWrite)));
        }
    }

    private static void YieldAndRun(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        PartitionId first = ffa.GetPartitionId(EchoPartitions.Uuid1), second = ffa.GetPartitionId(EchoPartitions.Uuid2);
        using (c.Begin("A partition that yields is run on by the driver"))
            c.Expect(ffa.Send(first, EchoPartitions.CommandYield, 5) is [EchoPartitions.Ok, 5, ..], "the answer, after five yields");
        using (c.Begin("While it has yielded"))
        {
            using FfaCpu cpu = ffa.EnterCpu();
            uint target = ((uint)first.Value << 16) | (uint)cpu.Number;
            SmcFrame frame = cpu.Call(Request(ffa.Id, first, EchoPartitions.CommandYield, 1));
            c.Expect(frame.A0 == FfaFunction.Yield && frame.A1 == target, "FFA_YIELD of its context");
            c.ExpectStatus(cpu.Call(Request(ffa.Id, first, EchoPartitions.CommandNop)), FfaStatus.Busy, "a request to it");
            c.Expect(cpu.Call(Request(ffa.Id, second, EchoPartitions.CommandNop)).A3 == EchoPartitions.Ok, "another partition to serve on the same CPU");
            c.ExpectStatus(cpu.Call(Run(0x8765_0000 | (uint)cpu.Number)), FfaStatus.InvalidParameters, "running what does not exist");
            c.ExpectStatus(cpu.Call(Run(target + 1)), FfaStatus.InvalidParameters, "running a context of another CPU");
            c.ExpectStatus(cpu.Call(Run(((uint)second.Value << 16) | (uint)cpu.Number)), FfaStatus.Denied, "running a context that waits for a message");
            frame = cpu.Call(Run(target));
            c.Expect(frame.A0 == FfaFunction.MsgSendDirectResp32 && frame.A3 == EchoPartitions.Ok, "its answer");
            c.ExpectStatus(cpu.Call(Run(target)), FfaStatus.Denied, "running it again");
        }

        using (c.Begin("In a chain of partitions"))
        {
            uint[] answer = ffa.Send(first, EchoPartitions.CommandCall, second.Value, EchoPartitions.CommandYield, 1);
            c.Expect(answer[0] == EchoPartitions.Ok && answer[1] == FfaFunction.MsgSendDirectResp32, "the other's answer: it may not yield there");
            answer = ffa.Send(first, EchoPartitions.CommandCall, second.Value, EchoPartitions.CommandCall, first.Value);
            c.Expect(answer[1] == FfaFunction.MsgSendDirectResp32, "an answer to a request that found its receiver busy");
        }
    }

    private static void Notifications(CaseRun c)
    {
        FfaUserDevice ffa = c.Ffa;
        PartitionId first = ffa.GetPartitionId(EchoPartitions.Uuid1), second = ffa.GetPartitionId(EchoPartitions.Uuid2);
        const uint Low = 0b1010, High = 1;
        SmcFrame Call(uint function, uint w1, uint w2 = 0, uint w3 = 0, uint w4 = 0) => ffa.Call(FfaFrame.Of(function, w1, w2, w3, w4));

        using (c.Begin("Normal World to SP"))
        {
            uint ids = ((uint)ffa.Id.Value << 16) | first.Value;
            c.ExpectStatus(Call(FfaFunction.NotificationSet, ids, 0, Low, High), FfaStatus.Denied, "setting what is not bound");
            c.ExpectOk(ffa.Send(first, EchoPartitions.CommandBind, ffa.Id.Value, Low, High));
            c.ExpectStatus(Call(FfaFunction.NotificationSet, ids, 0, Low, High), FfaStatus.Success, "setting what is bound");
            // Who is to be scheduled (FFA_NOTIFICATION_INFO_GET) the driver asks, when the notification line rings.
            c.ExpectRefused(ffa.Send(first, EchoPartitions.CommandUnbind, ffa.Id.Value, Low, High), FfaStatus.Denied, "unbinding what is pending");
            c.Expect(ffa.Send(first, EchoPartitions.CommandGetNotifications) is [EchoPartitions.Ok, 0, 0, Low, High], "what was set, from the normal world");
            c.Expect(ffa.Send(first, EchoPartitions.CommandGetNotifications) is [EchoPartitions.Ok, 0, 0, 0, 0], "nothing any more");
            c.ExpectOk(ffa.Send(first, EchoPartitions.CommandUnbind, ffa.Id.Value, Low, High));
        }

        using (c.Begin("SP to SP"))
        {
            c.ExpectRefused(ffa.Send(second, EchoPartitions.CommandSetNotification, first.Value, Low), FfaStatus.Denied, "setting what is not bound");
            c.ExpectOk(ffa.Send(first, EchoPartitions.CommandBind, second.Value, Low));
            c.ExpectRefused(ffa.Send(first, EchoPartitions.CommandBind, second.Value, Low), FfaStatus.Denied, "binding twice");
            c.ExpectOk(ffa.Send(second, EchoPartitions.CommandSetNotification, first.Value, Low));
            c.Expect(ffa.Send(first, EchoPartitions.CommandGetNotifications) is [EchoPartitions.Ok, Low, 0, 0, 0], "what was set, from a partition");
            c.ExpectOk(ffa.Send(first, EchoPartitions.CommandUnbind, second.Value, Low));
        }

        using (c.Begin("Bad input"))
        {
            uint own = ((uint)second.Value << 16) | ffa.Id.Value;
            c.ExpectStatus(Call(FfaFunction.NotificationBitmapCreate, ffa.Id.Value, 1), FfaStatus.Denied, "a bitmap that is there already");
            c.ExpectStatus(Call(FfaFunction.NotificationBitmapCreate, 7, 1), FfaStatus.InvalidParameters, "a bitmap of a VM that does not exist");
            c.ExpectStatus(Call(FfaFunction.NotificationBitmapDestroy, ffa.Id.Value), FfaStatus.Denied, "destroying what is bound");
            c.ExpectStatus(Call(FfaFunction.NotificationBitmapDestroy, 7), FfaStatus.InvalidParameters, "destroying another VM's");
            c.ExpectStatus(Call(FfaFunction.NotificationBind, own, 1, 0x100), FfaStatus.InvalidParameters, "per-vCPU notifications");
            c.ExpectStatus(Call(FfaFunction.NotificationBind, own), FfaStatus.InvalidParameters, "no notifications");
            c.ExpectStatus(Call(FfaFunction.NotificationBind, ((uint)second.Value << 16) | first.Value, 0, 0x100), FfaStatus.InvalidParameters, "on behalf of another");
            c.ExpectStatus(Call(FfaFunction.NotificationBind, 0x8765_0000 | ffa.Id.Value, 0, 0x100), FfaStatus.InvalidParameters, "a sender that does not exist");
            c.ExpectStatus(Call(FfaFunction.NotificationUnbind, own, 1, 0x100), FfaStatus.InvalidParameters, "a reserved register");
            c.ExpectStatus(Call(FfaFunction.NotificationUnbind, own, 0, 0x100), FfaStatus.Denied, "unbinding what is not bound");
            c.ExpectStatus(Call(FfaFunction.NotificationSet, ((uint)first.Value << 16) | second.Value, 0, 1), FfaStatus.InvalidParameters, "setting as another");
            c.ExpectStatus(Call(FfaFunction.NotificationSet, second.Value, 1, 1), FfaStatus.InvalidParameters, "an unknown flag");
            c.ExpectStatus(Call(FfaFunction.NotificationGet, first.Value, 1), FfaStatus.InvalidParameters, "another's notifications");
            c.ExpectStatus(Call(FfaFunction.NotificationGet, ffa.Id.Value, 0x10), FfaStatus.InvalidParameters, "an unknown flag");
            c.ExpectStatus(Call(FfaFunction.NotificationInfoGet32, 1), FfaStatus.InvalidParameters, "a reserved register");
        }
    }

    private static SmcFrame Request(PartitionId sender, PartitionId receiver, uint w3, uint w4 = 0) =>
        FfaFrame.Of(FfaFunction.MsgSendDirectReq32, ((uint)sender.Value << 16) | receiver.Value, w3: w3, w4: w4);

    private static SmcFrame Run(uint target) => FfaFrame.Of(FfaFunction.Run, target);
}
