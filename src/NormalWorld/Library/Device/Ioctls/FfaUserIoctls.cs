using System.Text;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;

namespace RestrictedTee.NormalWorld.Device.Ioctls;

/// <summary>The ioctls of the FF-A test driver, arm_ffa_user.</summary>
public static class FfaUserIoctls
{
    private const int UuidText = 36; // UUID_STRING_LEN

    private const int FirstWord = 3, WordCount = 5; // w3 to w7

    private const ulong MaxSize = 4UL << 20; // MAX_PAGE_ORDER: what the page allocator gives in one piece

    /// <summary>The requests; any other is EINVAL.</summary>
    internal static IoctlTable<FfaUserFile> Table { get; } = new(
        "the FF-A test driver",
        IoctlRow<FfaUserFile>.Plain<FfaUserEndpoint>(FfaUserIoctl.GetPartitionId, "FFA_IOC_GET_PART_ID", GetPartitionId, Support.Full, "Every partition, as if the module had been told of all. ENODEV when there is none."),
        IoctlRow<FfaUserFile>.Plain<FfaUserMessage>(FfaUserIoctl.SendMessage, "FFA_IOC_MSG_SEND", SendMessage, Support.Full, "A direct request; a partition that yields is run on."),
        IoctlRow<FfaUserFile>.Plain<FfaUserMemory>(FfaUserIoctl.ShareMemory, "FFA_IOC_SHM_INIT", Share, Support.Full, "FFA_MEM_SHARE of zeroed pages, rounded up to a power of two."),
        IoctlRow<FfaUserFile>.Plain<FfaUserMemory>(FfaUserIoctl.ReclaimMemory, "FFA_IOC_SHM_DEINIT", Reclaim, Support.Full, "ENOENT for memory that another open has shared: it is each open's own, and comes back when that is closed."),
        IoctlRow<FfaUserFile>.Plain<FfaUserBuffer>(FfaUserIoctl.ReadMemory, "FFA_IOC_SHM_READ", Read, Support.Full, "From its beginning; EINVAL beyond its end."),
        IoctlRow<FfaUserFile>.Plain<FfaUserBuffer>(FfaUserIoctl.WriteMemory, "FFA_IOC_SHM_WRITE", Write, Support.Full, "From its beginning; EINVAL beyond its end."));

    /// <summary>They, for listings.</summary>
    public static AbiSurface Surface { get; } = new(
        "ffa-user", "ioctls of the FF-A test driver", "arm_ffa_user.h of the arm_ffa_user module 5.0", [.. Table.Rows.Select(row => row.ToAbiRow())]);

    private static void GetPartitionId(FfaUserFile file, ref FfaUserEndpoint endpoint, ref IoctlFrame frame)
    {
        Span<byte> text = stackalloc byte[UuidText + 1];
        frame.User.CopyFrom(endpoint.UuidPointer, text);
        if (!Guid.TryParseExact(Encoding.ASCII.GetString(text[..UuidText]), "D", out Guid uuid))
            throw new TeeDriverException(Errno.EINVAL, "That is no UUID.");
        endpoint.Id = file.Partition(partition => partition.Uuid == uuid).Id.Value;
    }

    /// <summary>In the form that the partition takes (arm_ffa: mode_32bit unless it runs in AArch64 state).</summary>
    private static void SendMessage(FfaUserFile file, ref FfaUserMessage message, ref IoctlFrame frame)
    {
        FfaPartitionInfo partition = file.Partition(message.Destination);
        bool isWide = partition.Properties.HasFlag(FfaPartitionProperties.AArch64);
        SmcFrame request = default;
        request.A0 = isWide ? FfaFunction.MsgSendDirectReq64 : FfaFunction.MsgSendDirectReq32;
        for (int i = 0; i < WordCount; i++)
            request[FirstWord + i] = Word(message.Words[i], isWide);
        SmcFrame answer = file.Ffa.Send(partition.Id, request);
        for (int i = 0; i < WordCount; i++)
            message.Words[i] = Word(answer[FirstWord + i], isWide);
    }

    private static void Share(FfaUserFile file, ref FfaUserMemory data, ref IoctlFrame frame)
    {
        PartitionId receiver = file.Partition(data.Destination).Id;
        if (data.Size is 0 or > MaxSize)
            throw new TeeDriverException(Errno.ENOMEM, $"There are no {data.Size} bytes in one piece.");
        int pages = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((data.Size + OpteeMsg.PageSize - 1) / OpteeMsg.PageSize);
        FfaMemory memory = file.Ffa.Allocate(pages);
        MemoryHandle handle;
        try
        {
            memory.Span.Clear();
            handle = memory.Send(FfaFunction.MemShare64, FfaMemoryFlags.None, new FfaReceiver(receiver, FfaAccess.ReadWrite));
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        file.Keep(handle, memory);
        (data.Handle, data.Size) = (handle.Value, (ulong)pages * OpteeMsg.PageSize);
    }

    private static void Reclaim(FfaUserFile file, ref FfaUserMemory data, ref IoctlFrame frame) => file.Reclaim(data.Handle);

    private static void Read(FfaUserFile file, ref FfaUserBuffer buffer, ref IoctlFrame frame)
    {
        (Interop.UserMemory user, ulong address) = (frame.User, buffer.BufferPointer);
        file.WithContent(buffer.Handle, buffer.BufferLength, (memory, length) => user.CopyTo(memory.Span[..length], address));
    }

    private static void Write(FfaUserFile file, ref FfaUserBuffer buffer, ref IoctlFrame frame)
    {
        (Interop.UserMemory user, ulong address) = (frame.User, buffer.BufferPointer);
        file.WithContent(buffer.Handle, buffer.BufferLength, (memory, length) => user.CopyFrom(address, memory.Span[..length]));
    }

    private static ulong Word(ulong value, bool isWide) => isWide ? value : (uint)value;
}
