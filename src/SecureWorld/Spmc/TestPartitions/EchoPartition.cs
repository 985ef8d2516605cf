using RestrictedTee.Contracts;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.SecureWorld.Spmc.TestPartitions;

/// <summary>
/// The small partition that exists to be tested with: it answers, yields, notifies, and takes and gives memory as it is told.
/// The contract is <see cref="EchoPartitions"/>. FFA_MSG_SEND_DIRECT_REQ2 is echoed.
/// </summary>
internal sealed class EchoPartition : Partition
{
    private const FfaPartitionProperties Abilities =
        FfaPartitionProperties.ReceivesDirectRequests
        | FfaPartitionProperties.SendsDirectRequests
        | FfaPartitionProperties.ReceivesNotifications
        | FfaPartitionProperties.AArch64
        | FfaPartitionProperties.ReceivesDirectRequests2
        | FfaPartitionProperties.SendsDirectRequests2;

    private readonly PartitionPort _port;
    private readonly PartitionMemoryClient _memory;
    private readonly EchoScenarios _scenarios;
    private readonly Dictionary<uint, Command> _commands;
    private PhysicalRange[] _retrieved = []; // what was retrieved last; a whole array is swapped

    internal EchoPartition(PartitionId id, Guid uuid, FfaDispatcher spmc, MemoryRelayer relayer, PhysicalRange ram)
        : base(id, uuid, Abilities, FfaVersion.V1_2)
    {
        Notifications.IsCreated = true;
        _port = new PartitionPort(this, spmc, relayer, ram);
        _memory = new PartitionMemoryClient(_port);
        _scenarios = new EchoScenarios(_port, _memory);
        _commands = new Dictionary<uint, Command>
        {
            [EchoPartitions.CommandTest] = (_, _) => EchoPartitions.Ok,
            [EchoPartitions.CommandNop] = (_, _) => EchoPartitions.Ok,
            [EchoPartitions.CommandIncrease] = Increase,
            [EchoPartitions.CommandCommunicate] = (w, t) => Verdict(_scenarios.Communicate(Partition(w[1]), t)),
            [EchoPartitions.CommandRead] = Read,
            [EchoPartitions.CommandWrite] = Write,
            [EchoPartitions.CommandRetrieve] = Retrieve,
            [EchoPartitions.CommandRelinquish] = (w, t) => Verdict(w, _memory.Relinquish(Handle(w), (FfaMemoryFlags)w[3], t)),
            [EchoPartitions.CommandShareMemory] = (w, t) => Verdict(_scenarios.Share(Partition(w[1]), t)),
            [EchoPartitions.CommandShareWithTwo] = (w, t) => Verdict(_scenarios.ShareWithTwo(Partition(w[1]), Partition(w[2]), t)),
            [EchoPartitions.CommandShareExclusively] = (w, t) => Verdict(_scenarios.LendExclusively(Partition(w[1]), t)),
            [EchoPartitions.CommandWrongAccess] = (w, t) => Verdict(_scenarios.AskForTooMuch(Partition(w[1]), t)),
            [EchoPartitions.CommandYield] = YieldOften,
            [EchoPartitions.CommandBind] = (w, t) => Verdict(w, Notify(FfaFunction.NotificationBind, (w[1] << 16) | Id.Value, w, t)),
            [EchoPartitions.CommandUnbind] = (w, t) => Verdict(w, Notify(FfaFunction.NotificationUnbind, (w[1] << 16) | Id.Value, w, t)),
            [EchoPartitions.CommandSetNotification] = (w, t) => Verdict(w, Notify(FfaFunction.NotificationSet, ((uint)Id.Value << 16) | (w[1] & 0xFFFF), w, t)),
            [EchoPartitions.CommandGetNotifications] = GetNotifications,
            [EchoPartitions.CommandCall] = CallOther,
            [EchoPartitions.CommandSend] = Send,
            [EchoPartitions.CommandReclaim] = (w, t) => Verdict(w, _memory.Reclaim(Handle(w), (FfaMemoryFlags)w[3], t)),
            [EchoPartitions.CommandPeek] = Peek,
            [EchoPartitions.CommandPoke] = (w, _) => Verdict(_port.TryWrite(Address(w), unchecked((byte)w[3]))),
            [EchoPartitions.CommandWhereIsRam] = WhereIsRam,
            [EchoPartitions.CommandProxy] = (w, t) => Verdict(_memory.TryProxy(Address(w), t)),
        };
    }

    /// <summary>Words 0–4 of a request, which the command makes those of the answer but for word 0, its result.</summary>
    private delegate uint Command(uint[] words, TeeThread thread);

    internal override void Serve(ref SmcFrame frame, Partition sender, TeeThread thread)
    {
        uint response = frame.A0 + 1, ids = frame.A1;
        if (frame.A0 == FfaFunction.MsgSendDirectReq2)
        {
            (frame.A0, frame.A1, frame[2], frame[3]) = (response, (ids << 16) | (ids >> 16), 0, 0);
            return;
        }

        uint[] words = [frame.A3, frame.A4, frame.A5, frame.A6, frame.A7];
        uint result = _commands.TryGetValue(words[0], out Command? command) ? command(words, thread) : EchoPartitions.Failed;
        frame = default;
        (frame.A0, frame.A1, frame.A3) = (response, (ids << 16) | (ids >> 16), result);
        (frame.A4, frame.A5, frame.A6, frame.A7) = (words[1], words[2], words[3], words[4]);
    }

    private static uint Verdict(bool passed) => passed ? EchoPartitions.Ok : EchoPartitions.Failed;

    private static uint Verdict(uint[] words, FfaStatus status)
    {
        words[1] = (uint)-(int)status;
        return Verdict(status == FfaStatus.Success);
    }

    private static PartitionId Partition(uint word) => new(unchecked((ushort)word));

    private static MemoryHandle Handle(uint[] words) => MemoryHandle.FromHalves(words[1], words[2]);

    private static PhysicalAddress Address(uint[] words) => new(words[1] | ((ulong)words[2] << 32));

    private static uint Increase(uint[] words, TeeThread thread)
    {
        for (int i = 1; i < words.Length; i++)
            words[i] = unchecked(words[i] + 1);
        return EchoPartitions.Ok;
    }

    private uint Read(uint[] words, TeeThread thread)
    {
        bool read = _retrieved.Length != 0;
        byte first = 0;
        foreach (PhysicalRange range in _retrieved)
        {
            for (ulong offset = 0; offset < range.Length && read; offset += PhysicalAddress.PageSize)
            {
                read = _port.TryRead(range.Start + offset, out byte value);
                if (offset == 0 && range == _retrieved[0])
                    first = value;
            }
        }

        words[1] = first;
        return Verdict(read);
    }

    private uint Write(uint[] words, TeeThread thread)
    {
        bool written = _retrieved.Length != 0;
        foreach (PhysicalRange range in _retrieved)
        {
            for (ulong offset = 0; offset < range.Length && written; offset++)
                written = _port.TryWrite(range.Start + offset, unchecked((byte)words[1]));
        }

        return Verdict(written);
    }

    private uint Retrieve(uint[] words, TeeThread thread)
    {
        var how = (EchoPartitions.RetrieveHow)words[4];
        FfaAccess access = how.HasFlag(EchoPartitions.RetrieveHow.ReadOnly) ? FfaAccess.ReadOnly
            : how.HasFlag(EchoPartitions.RetrieveHow.ReadWrite) ? FfaAccess.ReadWrite : FfaAccess.NotSpecified;
        access |= how.HasFlag(EchoPartitions.RetrieveHow.Alone) ? FfaAccess.NotExecutable : 0;
        FfaMemoryFlags flags = (how.HasFlag(EchoPartitions.RetrieveHow.Bypass) ? FfaMemoryFlags.BypassBorrowers : 0)
            | (how.HasFlag(EchoPartitions.RetrieveHow.ZeroAfterRelinquish) ? FfaMemoryFlags.ZeroAfterRelinquish : 0);
        FfaStatus status = _memory.Retrieve(Handle(words), Partition(words[3]), [new FfaReceiver(Id, access)], flags, thread, out PhysicalRange[] ranges, out _);
        if (status != FfaStatus.Success)
            return Verdict(words, status);
        _retrieved = ranges;
        (words[1], words[2]) = ((uint)(ranges.Sum(range => (long)range.Length) / PhysicalAddress.PageSize), (uint)ranges.Length);
        return EchoPartitions.Ok;
    }

    private uint YieldOften(uint[] words, TeeThread thread)
    {
        if (words[1] > EchoPartitions.MaxYields)
            return EchoPartitions.Failed;
        for (uint i = 0; i < words[1]; i++)
        {
            SmcFrame frame = FfaFrame.Of(FfaFunction.Yield);
            _port.Call(ref frame, thread);
            if (frame.Status() is var status and not FfaStatus.Success)
                return Verdict(words, status);
        }

        return EchoPartitions.Ok;
    }

    private FfaStatus Notify(uint function, uint ids, uint[] words, TeeThread thread)
    {
        SmcFrame frame = FfaFrame.Of(function, ids, w3: words[2], w4: words[3]);
        _port.Call(ref frame, thread);
        return frame.Status();
    }

    private uint GetNotifications(uint[] words, TeeThread thread)
    {
        const uint FromPartitions = 1, FromNormalWorld = 2;
        SmcFrame frame = FfaFrame.Of(FfaFunction.NotificationGet, Id.Value, FromPartitions | FromNormalWorld);
        _port.Call(ref frame, thread);
        FfaStatus status = frame.Status();
        if (status != FfaStatus.Success)
            return Verdict(words, status);
        (words[1], words[2], words[3], words[4]) = (frame.A2, frame.A3, frame.A4, frame.A5);
        return EchoPartitions.Ok;
    }

    private uint CallOther(uint[] words, TeeThread thread)
    {
        SmcFrame frame = default;
        (frame.A0, frame.A1, frame.A3) = (FfaFunction.MsgSendDirectReq32, ((uint)Id.Value << 16) | (words[1] & 0xFFFF), EchoPartitions.CommandNop);
        if (words[2] != 0)
            (frame.A3, frame.A4) = (words[2], words[3]);
        _port.Call(ref frame, thread);
        (words[1], words[2]) = (frame.A0, frame.A2);
        return EchoPartitions.Ok;
    }

    private uint Send(uint[] words, TeeThread thread)
    {
        long offset = unchecked((int)words[4]) * (long)PhysicalAddress.PageSize;
        var page = new PhysicalAddress(unchecked(_port.Ram.Start.Value + (ulong)offset));
        FfaReceiver[] receivers = [new FfaReceiver(Partition(words[1]), (FfaAccess)words[3])];
        FfaStatus status = _memory.Send(words[2], page, receivers, thread, out MemoryHandle handle);
        if (status != FfaStatus.Success)
            return Verdict(words, status);
        (words[1], words[2]) = (handle.Low, handle.High);
        return EchoPartitions.Ok;
    }

    private uint Peek(uint[] words, TeeThread thread)
    {
        bool read = _port.TryRead(Address(words), out byte value);
        words[1] = value;
        return Verdict(read);
    }

    private uint WhereIsRam(uint[] words, TeeThread thread)
    {
        ulong start = _port.Ram.Start.Value;
        (words[1], words[2], words[3]) = (unchecked((uint)start), (uint)(start >> 32), (uint)(_port.Ram.Length / PhysicalAddress.PageSize));
        return EchoPartitions.Ok;
    }
}
