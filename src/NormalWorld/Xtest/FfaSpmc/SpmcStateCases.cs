using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Device;
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
            ExpectOk(c, ffa.Send(partition, EchoPartitions.CommandRetrieve, handle.Low, handle.High, ffa.Id.Value, (uint)EchoPartitions.RetrieveHow.Alone));
            c.Expect(ffa.Send(partition, EchoPartitions.CommandRead) is [EchoPartitions.Ok, 0x11, ..], "what was written before it was lent");
        }

        using (c.Begin("Written there: not a byte of it here"))
        {
            ExpectOk(c, ffa.Send(partition, EchoPartitions.CommandWrite, 0x22));
            c.Expect(!memory.Span.ContainsAnyExcept((byte)0), "zeros");
            memory.Span.Fill(0x33);
            c.Expect(ffa.Send(partition, EchoPartitions.CommandRead) is [EchoPartitions.Ok, 0x22, ..], "what was written there, not what was written here");
        }

        using (c.Begin("Reclaimed: zeros"))
        {
            ExpectOk(c, ffa.Send(partition, EchoPartitions.CommandRelinquish, handle.Low, handle.High));
            memory.Reclaim(handle);
            c.Expect(!memory.Span.ContainsAnyExcept((byte)0), "zeros");
        }

        using (c.Begin("Donated: gone for good"))
        {
            using FfaMemory gift = ffa.Allocate(1);
            gift.Span.Fill(0x44);
            handle = gift.Send(FfaFunction.MemDonate64, FfaMemoryFlags.None, new FfaReceiver(partition, FfaAccess.NotSpecified));
            ExpectOk(c, ffa.Send(partition, EchoPartitions.CommandRetrieve, handle.Low, handle.High, ffa.Id.Value, (uint)EchoPartitions.RetrieveHow.Alone));
            ulong page = gift.Range.Start.Value;
            uint[] peeked = ffa.Send(partition, EchoPartitions.CommandPeek, unchecked((uint)page), (uint)(page >> 32));
            c.Expect(peeked is [EchoPartitions.Ok, 0x44, ..], "the content, in its new owner's hands");
            c.Expect(!gift.Span.ContainsAnyExcept((byte)0), "zeros");
            try
            {
                gift.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(partition, FfaAccess.ReadWrite));
                c.Expect(false, "a refusal of what is not the normal world's any more");
            }
            catch (TeeDriverException e)
            {
                c.Expect(e.Errno == Errno.EACCES, $"EACCES, got {e.Errno}");
            }
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
            ExpectStatus(c, FfaStatus.Busy, cpu.Call(Request(ffa.Id, first, EchoPartitions.CommandNop)), "a request to it");
            c.Expect(cpu.Call(Request(ffa.Id, second, EchoPartitions.CommandNop)).A3 == EchoPartitions.Ok, "another partition to serve on the same CPU");
            ExpectStatus(c, FfaStatus.InvalidParameters, cpu.Call(Run(0x8765_0000 | (uint)cpu.Number)), "running what does not exist");
            ExpectStatus(c, FfaStatus.InvalidParameters, cpu.Call(Run(target + 1)), "running a context of another CPU");
            ExpectStatus(c, FfaStatus.Denied, cpu.Call(Run(((uint)second.Value << 16) | (uint)cpu.Number)), "running a context that waits for a message");
            frame = cpu.Call(Run(target));
            c.Expect(frame.A0 == FfaFunction.MsgSendDirectResp32 && frame.A3 == EchoPartitions.Ok, "its answer");
            ExpectStatus(c, FfaStatus.Denied, cpu.Call(Run(target)), "running it again");
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
        SmcFrame Call(uint function, uint w1, uint w2 = 0, uint w3 = 0, uint w4 = 0)
        {
            SmcFrame frame = default;
            (frame.A0, frame.A1, frame.A2, frame.A3, frame.A4) = (function, w1, w2, w3, w4);
            return ffa.Call(frame);
        }

        using (c.Begin("Normal World to SP"))
        {
            uint ids = ((uint)ffa.Id.Value << 16) | first.Value;
            ExpectStatus(c, FfaStatus.Denied, Call(FfaFunction.NotificationSet, ids, 0, Low, High), "setting what is not bound");
            ExpectOk(c, ffa.Send(first, EchoPartitions.CommandBind, ffa.Id.Value, Low, High));
            ExpectStatus(c, FfaStatus.Success, Call(FfaFunction.NotificationSet, ids, 0, Low, High), "setting what is bound");
            // Who is to be scheduled (FFA_NOTIFICATION_INFO_GET) the driver asks, when the notification line rings.
            ExpectRefused(c, ffa.Send(first, EchoPartitions.CommandUnbind, ffa.Id.Value, Low, High), FfaStatus.Denied, "unbinding what is pending");
            c.Expect(ffa.Send(first, EchoPartitions.CommandGetNotifications) is [EchoPartitions.Ok, 0, 0, Low, High], "what was set, from the normal world");
            c.Expect(ffa.Send(first, EchoPartitions.CommandGetNotifications) is [EchoPartitions.Ok, 0, 0, 0, 0], "nothing any more");
            ExpectOk(c, ffa.Send(first, EchoPartitions.CommandUnbind, ffa.Id.Value, Low, High));
        }

        using (c.Begin("SP to SP"))
        {
            ExpectRefused(c, ffa.Send(second, EchoPartitions.CommandSetNotification, first.Value, Low), FfaStatus.Denied, "setting what is not bound");
            ExpectOk(c, ffa.Send(first, EchoPartitions.CommandBind, second.Value, Low));
            ExpectRefused(c, ffa.Send(first, EchoPartitions.CommandBind, second.Value, Low), FfaStatus.Denied, "binding twice");
            ExpectOk(c, ffa.Send(second, EchoPartitions.CommandSetNotification, first.Value, Low));
            c.Expect(ffa.Send(first, EchoPartitions.CommandGetNotifications) is [EchoPartitions.Ok, Low, 0, 0, 0], "what was set, from a partition");
            ExpectOk(c, ffa.Send(first, EchoPartitions.CommandUnbind, second.Value, Low));
        }

        using (c.Begin("Bad input"))
        {
            uint own = ((uint)second.Value << 16) | ffa.Id.Value;
            ExpectStatus(c, FfaStatus.Denied, Call(FfaFunction.NotificationBitmapCreate, ffa.Id.Value, 1), "a bitmap that is there already");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationBitmapCreate, 7, 1), "a bitmap of a VM that does not exist");
            ExpectStatus(c, FfaStatus.Denied, Call(FfaFunction.NotificationBitmapDestroy, ffa.Id.Value), "destroying what is bound");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationBitmapDestroy, 7), "destroying another VM's");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationBind, own, 1, 0x100), "per-vCPU notifications");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationBind, own), "no notifications");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationBind, ((uint)second.Value << 16) | first.Value, 0, 0x100), "on behalf of another");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationBind, 0x8765_0000 | ffa.Id.Value, 0, 0x100), "a sender that does not exist");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationUnbind, own, 1, 0x100), "a reserved register");
            ExpectStatus(c, FfaStatus.Denied, Call(FfaFunction.NotificationUnbind, own, 0, 0x100), "unbinding what is not bound");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationSet, ((uint)first.Value << 16) | second.Value, 0, 1), "setting as another");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationSet, second.Value, 1, 1), "an unknown flag");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationGet, first.Value, 1), "another's notifications");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationGet, ffa.Id.Value, 0x10), "an unknown flag");
            ExpectStatus(c, FfaStatus.InvalidParameters, Call(FfaFunction.NotificationInfoGet32, 1), "a reserved register");
        }
    }

    private static SmcFrame Request(PartitionId sender, PartitionId receiver, uint w3, uint w4 = 0)
    {
        SmcFrame frame = default;
        (frame.A0, frame.A1, frame.A3, frame.A4) = (FfaFunction.MsgSendDirectReq32, ((uint)sender.Value << 16) | receiver.Value, w3, w4);
        return frame;
    }

    private static SmcFrame Run(uint target)
    {
        SmcFrame frame = default;
        (frame.A0, frame.A1) = (FfaFunction.Run, target);
        return frame;
    }

    private static void ExpectOk(CaseRun c, uint[] answer) => c.Expect(answer[0] == EchoPartitions.Ok, $"0xaa, got 0x{answer[0]:x} (status -{answer[1]})");

    private static void ExpectRefused(CaseRun c, uint[] answer, FfaStatus expected, string what) =>
        c.Expect(answer[0] == EchoPartitions.Failed && answer[1] == (uint)-(int)expected, $"{expected} for {what}, got {(FfaStatus)(-(int)answer[1])}");

    private static void ExpectStatus(CaseRun c, FfaStatus expected, SmcFrame frame, string what)
    {
        FfaStatus status = frame.A0 == FfaFunction.Error ? (FfaStatus)unchecked((int)frame.A2) : FfaStatus.Success;
        c.Expect(status == expected, $"{expected} for {what}, got {status}");
    }
}
