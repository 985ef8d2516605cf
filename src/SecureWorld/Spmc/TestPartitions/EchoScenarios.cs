using RestrictedTee.Contracts;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc.TestPartitions;

/// <summary>What one echo partition tries with another, for xtest's partition-to-partition cases. Each leaves all memory as it found it.</summary>
internal sealed class EchoScenarios(PartitionPort port, PartitionMemoryClient memory)
{
    private const byte Pattern = 0xA5;

    /// <summary>A page that no other scenario uses: the first two are the buffers.</summary>
    private PhysicalAddress Page => port.Ram.Start + (2 * PhysicalAddress.PageSize);

    /// <summary>The other partition is asked to increase numbers, and does.</summary>
    internal bool Communicate(PartitionId other, TeeThread thread)
    {
        uint[]? answer = Ask(other, thread, EchoPartitions.CommandIncrease, 41, 7, uint.MaxValue, 0);
        return answer is [EchoPartitions.Ok, 42, 8, 0, 1];
    }

    /// <summary>Share, write there, read here; and the same page lent.</summary>
    internal bool Share(PartitionId other, TeeThread thread) =>
        WriteThere(FfaFunction.MemShare32, EchoPartitions.RetrieveHow.None, other, thread)
        && WriteThere(FfaFunction.MemLend32, EchoPartitions.RetrieveHow.Alone, other, thread)
        && DonateAndGetBack(other, thread);

    /// <summary>One page for two: both see what either writes.</summary>
    internal bool ShareWithTwo(PartitionId first, PartitionId second, TeeThread thread)
    {
        FfaReceiver[] receivers = [new FfaReceiver(first, FfaAccess.ReadWrite), new FfaReceiver(second, FfaAccess.ReadWrite)];
        foreach (uint function in new[] { FfaFunction.MemShare32, FfaFunction.MemLend32 })
        {
            const EchoPartitions.RetrieveHow How = EchoPartitions.RetrieveHow.Bypass;
            if (memory.Send(function, Page, receivers, thread, out MemoryHandle handle) != FfaStatus.Success)
                return false;
            bool passed = Retrieve(first, handle, How, thread)
                && Retrieve(second, handle, How, thread)
                && IsOk(Ask(first, thread, EchoPartitions.CommandWrite, Pattern))
                && Ask(second, thread, EchoPartitions.CommandRead) is [EchoPartitions.Ok, Pattern, ..]
                && memory.Reclaim(handle, FfaMemoryFlags.None, thread) == FfaStatus.Denied
                && Relinquish(first, handle, thread)
                && memory.Reclaim(handle, FfaMemoryFlags.None, thread) == FfaStatus.Denied
                && Relinquish(second, handle, thread);
            if (memory.Reclaim(handle, FfaMemoryFlags.None, thread) != FfaStatus.Success || !passed)
                return false;
        }

        return true;
    }

    /// <summary>While memory is lent its lender cannot reach it, nor send it again.</summary>
    internal bool LendExclusively(PartitionId other, TeeThread thread)
    {
        FfaReceiver[] receivers = [new FfaReceiver(other, FfaAccess.ReadWrite)];
        if (memory.Send(FfaFunction.MemLend32, Page, receivers, thread, out MemoryHandle handle) != FfaStatus.Success)
            return false;
        bool passed = !port.TryRead(Page, out _)
            && !port.TryWrite(Page, Pattern)
            && memory.Send(FfaFunction.MemShare32, Page, receivers, thread, out _) == FfaStatus.Denied
            && memory.Send(FfaFunction.MemDonate32, Page, [new FfaReceiver(other, FfaAccess.NotSpecified)], thread, out _) == FfaStatus.Denied
            && Retrieve(other, handle, EchoPartitions.RetrieveHow.Alone, thread)
            && IsOk(Ask(other, thread, EchoPartitions.CommandWrite, Pattern))
            && !port.TryRead(Page, out _)
            && Relinquish(other, handle, thread);
        return memory.Reclaim(handle, FfaMemoryFlags.None, thread) == FfaStatus.Success && passed && port.TryRead(Page, out _);
    }

    /// <summary>Read-only is read-only, flags that do not fit are refused, and so are rights that mean nothing.</summary>
    internal bool AskForTooMuch(PartitionId other, TeeThread thread)
    {
        FfaReceiver[] readOnly = [new FfaReceiver(other, FfaAccess.ReadOnly)];
        if (memory.Send(FfaFunction.MemShare32, Page, readOnly, thread, out MemoryHandle handle) != FfaStatus.Success)
            return false;
        bool passed = !Retrieve(other, handle, EchoPartitions.RetrieveHow.ReadWrite, thread)
            && !Retrieve(other, handle, EchoPartitions.RetrieveHow.Alone, thread)
            && !Retrieve(other, handle, EchoPartitions.RetrieveHow.Bypass, thread)
            && Retrieve(other, handle, EchoPartitions.RetrieveHow.ReadOnly, thread)
            && IsOk(Ask(other, thread, EchoPartitions.CommandRead))
            && !IsOk(Ask(other, thread, EchoPartitions.CommandWrite, Pattern))
            && Relinquish(other, handle, thread);
        passed &= memory.Reclaim(handle, FfaMemoryFlags.None, thread) == FfaStatus.Success;

        FfaReceiver reserved = new(other, FfaAccess.DataReserved), executable = new(other, FfaAccess.ReadWrite | FfaAccess.Executable);
        FfaReceiver none = new(other, FfaAccess.NotSpecified), good = new(other, FfaAccess.ReadWrite);
        return passed
            && memory.Send(FfaFunction.MemShare32, Page, [reserved], thread, out _) == FfaStatus.InvalidParameters
            && memory.Send(FfaFunction.MemShare32, Page, [executable], thread, out _) == FfaStatus.InvalidParameters
            && memory.Send(FfaFunction.MemShare32, Page, [none], thread, out _) == FfaStatus.InvalidParameters
            && memory.Send(FfaFunction.MemShare32, Page, [good], thread, out _, FfaMemoryFlags.Zero) == FfaStatus.InvalidParameters
            && memory.Send(FfaFunction.MemDonate32, Page, [good], thread, out _) == FfaStatus.InvalidParameters
            && memory.Send(FfaFunction.MemShare32, Page, [new FfaReceiver(PartitionId.NormalWorld, FfaAccess.ReadWrite)], thread, out _) == FfaStatus.Denied;
    }

    private bool WriteThere(uint function, EchoPartitions.RetrieveHow how, PartitionId other, TeeThread thread)
    {
        FfaReceiver[] receivers = [new FfaReceiver(other, FfaAccess.ReadWrite)];
        if (!port.TryWrite(Page, 1) || memory.Send(function, Page, receivers, thread, out MemoryHandle handle) != FfaStatus.Success)
            return false;
        bool passed = Retrieve(other, handle, how, thread)
            && Ask(other, thread, EchoPartitions.CommandRead) is [EchoPartitions.Ok, 1, ..]
            && IsOk(Ask(other, thread, EchoPartitions.CommandWrite, Pattern))
            && Relinquish(other, handle, thread);
        return memory.Reclaim(handle, FfaMemoryFlags.None, thread) == FfaStatus.Success
            && passed
            && port.TryRead(Page, out byte seen)
            && seen == Pattern;
    }

    /// <summary>A page given away is the other's to give, and comes back the same way.</summary>
    private bool DonateAndGetBack(PartitionId other, TeeThread thread)
    {
        FfaReceiver[] receivers = [new FfaReceiver(other, FfaAccess.NotSpecified)];
        if (memory.Send(FfaFunction.MemDonate32, Page, receivers, thread, out MemoryHandle handle) != FfaStatus.Success)
            return false;
        if (!Retrieve(other, handle, EchoPartitions.RetrieveHow.Alone, thread))
            return false;
        bool gone = !port.TryRead(Page, out _) && memory.Reclaim(handle, FfaMemoryFlags.None, thread) == FfaStatus.InvalidParameters;

        // The page is where it was, so it is the same one of the other's commands, counted from the other's RAM.
        uint[]? where = Ask(other, thread, EchoPartitions.CommandWhereIsRam);
        if (where is null)
            return false;
        ulong otherRam = where[1] | ((ulong)where[2] << 32);
        uint index = unchecked((uint)((Page.Value - otherRam) / PhysicalAddress.PageSize));
        uint[]? sent = Ask(other, thread, EchoPartitions.CommandSend, port.Id.Value, FfaFunction.MemDonate32, (uint)FfaAccess.NotSpecified, index);
        if (!IsOk(sent))
            return false;
        var back = MemoryHandle.FromHalves(sent![1], sent[2]);
        FfaReceiver[] me = [new FfaReceiver(port.Id, FfaAccess.NotExecutable)];
        return memory.Retrieve(back, other, me, FfaMemoryFlags.None, thread, out _, out _) == FfaStatus.Success
            && gone
            && port.TryRead(Page, out _);
    }

    private bool Retrieve(PartitionId other, MemoryHandle handle, EchoPartitions.RetrieveHow how, TeeThread thread) =>
        IsOk(Ask(other, thread, EchoPartitions.CommandRetrieve, handle.Low, handle.High, port.Id.Value, (uint)how));

    private bool Relinquish(PartitionId other, MemoryHandle handle, TeeThread thread) =>
        IsOk(Ask(other, thread, EchoPartitions.CommandRelinquish, handle.Low, handle.High));

    private static bool IsOk(uint[]? answer) => answer is [EchoPartitions.Ok, ..];

    /// <summary>A direct request to another partition; null when it was not answered.</summary>
    private uint[]? Ask(PartitionId other, TeeThread thread, uint command, uint w1 = 0, uint w2 = 0, uint w3 = 0, uint w4 = 0)
    {
        SmcFrame frame = default;
        (frame.A0, frame.A1, frame.A3) = (FfaFunction.MsgSendDirectReq32, ((uint)port.Id.Value << 16) | other.Value, command);
        (frame.A4, frame.A5, frame.A6, frame.A7) = (w1, w2, w3, w4);
        port.Call(ref frame, thread);
        return frame.A0 == FfaFunction.MsgSendDirectResp32 ? [frame.A3, frame.A4, frame.A5, frame.A6, frame.A7] : null;
    }
}
