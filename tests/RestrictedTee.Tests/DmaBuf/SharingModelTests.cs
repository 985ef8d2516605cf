using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.DmaBuf;

/// <summary>Random sequences of everything that can happen to buffers, held against <see cref="SharingModel"/> after each step.</summary>
public sealed class SharingModelTests
{
    private const int Steps = 50_000;

    private static readonly DmaDevice[] Devices =
    [
        TestMemory.Device("compositor", DmaAccess.Read),
        TestMemory.Device("decoder", DmaAccess.ReadWrite, Placements.Pinned | Placements.Revocable),
        TestMemory.Device("gpu", DmaAccess.ReadWrite, Placements.Pinned | Placements.Revocable | Placements.Dynamic),
        TestMemory.Device("vfio", DmaAccess.ReadWrite, Placements.Revocable),
        TestMemory.Device("camera", DmaAccess.Write, Placements.Dynamic) with { AddressBits = 31 },
        TestMemory.Device("narrow", DmaAccess.Read, Placements.Pinned) with { AddressBits = 30 },
        TestMemory.Device("stranger", DmaAccess.None, Placements.Pinned | Placements.Revocable | Placements.Dynamic),
    ];

    private readonly ManualTime _time = new();
    private readonly List<Pair> _buffers = [];
    private readonly List<string> _trail = [];

    [Theory]
    [InlineData(20161)]
    [InlineData(20242)]
    public void Fifty_thousand_random_steps_answer_as_the_model_says(int seed)
    {
        var random = new Random(seed);
        var answers = new Dictionary<string, int>();
        for (int step = 0; step < Steps; step++)
        {
            if (_buffers.Count == 0 || (_buffers.Count < 4 && random.Next(10) == 0))
                _buffers.Add(new Pair((Placements)random.Next(1, 8), (ulong)(0x3fc0_0000 + (random.Next(8) * 0x10_0000))));
            Pair buffer = _buffers[random.Next(_buffers.Count)];
            (string what, Errno? expected, Errno? actual) = Take(buffer, random);

            _trail.Add($"{step} {what}: {actual}");
            Assert.True(expected == actual, $"seed {seed}: model says {expected}; {string.Join('\n', _trail.TakeLast(20))}");
            string key = $"{what.Split(' ')[0]} {actual}";
            answers[key] = answers.GetValueOrDefault(key) + 1;
            Compare(buffer, seed);
            if (buffer.Model.IsFreed)
                _buffers.Remove(buffer);
        }

        // A run that never saw an answer has not tested it.
        Assert.Superset(
            new HashSet<string> { "attach ", "attach EBADF", "attach ENODEV", "attach EOPNOTSUPP", "attach EACCES", "attach EBUSY", "attach EINVAL", "map ", "map EINVAL", "map EBUSY", "map ENODEV", "map EACCES", "unmap ", "unmap EINVAL", "detach ", "revoke ", "revoke EOPNOTSUPP", "revoke EBUSY", "grant ", "move ", "move EOPNOTSUPP", "move ENODEV", "move EBUSY", "move ENOMEM", "job ", "close " },
            answers.Keys.ToHashSet());
    }

    private (string What, Errno? Expected, Errno? Actual) Take(Pair buffer, Random random)
    {
        SharingModel model = buffer.Model;
        Pair.Held? held = buffer.Attachments.Count == 0 ? null : buffer.Attachments[random.Next(buffer.Attachments.Count)];
        switch (random.Next(20))
        {
            case 0 or 1 or 2 or 3:
                DmaDevice device = Devices[random.Next(Devices.Length)];
                bool listens = random.Next(4) != 0;
                Errno? refusal = model.Attach(device, listens);
                return ($"attach {device.Name}", refusal, Answer(() => buffer.Attach(device, listens)));
            case >= 4 and <= 8 when held is not null:
                var direction = (DmaDirection)random.Next(4);
                return ($"map {held.Model.Device.Name} {direction}", model.Map(held.Model, direction), Answer(() => held.Mapping = held.Real.Map(direction)));
            case >= 9 and <= 12 when held?.Mapping is not null:
                DmaMapping mapping = random.Next(8) == 0 ? Pair.Foreign : held.Mapping;
                return ($"unmap {held.Model.Device.Name}", model.Unmap(held.Model, mapping == held.Mapping), Answer(() => held.Real.Unmap(mapping)));
            case 13 when held is not null:
                if (held.Model.State != AttachmentState.Detached)
                    model.Detach(held.Model);
                if (random.Next(3) == 0)
                    buffer.Attachments.Remove(held); // else it is used although it is over
                return ($"detach {held.Model.Device.Name}", null, Answer(held.Real.Dispose));
            case 14:
                return ("revoke", model.Revoke(), Answer(buffer.Sharing.Revoke));
            case 15:
                model.Grant();
                return ("grant", null, Answer(buffer.Sharing.Grant));
            case 16 or 17:
                bool isFull = random.Next(4) == 0;
                buffer.Memory.MoveFailure = isFull ? Errno.ENOMEM : null;
                return ("move", model.Move(_time.Now, isFull), Answer(buffer.Sharing.Move));
            case 18:
                return Work(buffer, random);
            case 19 when random.Next(6) == 0:
                model.Close();
                return ("close", null, Answer(buffer.Handle.Dispose));
            default:
                _time.Now += TimeSpan.FromMilliseconds(random.Next(3));
                return ("wait", null, null);
        }
    }

    /// <summary>A job begins, or the oldest one ends; those that never do run out of time.</summary>
    private (string What, Errno? Expected, Errno? Actual) Work(Pair buffer, Random random)
    {
        if (random.Next(3) == 0 && buffer.Fences.TryDequeue(out DmaFence? oldest))
        {
            buffer.Model.Jobs.RemoveAt(0);
            return ("job", null, Answer(oldest.Signal));
        }

        var deadline = TimeSpan.FromMilliseconds(random.Next(4));
        var fence = new DmaFence("job", deadline, _time);
        buffer.Model.Jobs.Add(_time.Now + deadline);
        buffer.Fences.Enqueue(fence);
        if (random.Next(2) == 0)
            buffer.Sharing.Fences.AddReader(fence);
        else
            AwaitAll(buffer, buffer.Sharing.Fences.AddWriter(fence));

        return ("job", null, null);
    }

    /// <summary>A writer waits for all before it, so these have ended when it begins.</summary>
    private static void AwaitAll(Pair buffer, IReadOnlyList<DmaFence> fences)
    {
        foreach (DmaFence before in fences)
        {
            before.Signal();
            int at = buffer.Fences.ToList().IndexOf(before);
            if (at >= 0)
                buffer.Model.Jobs[at] = TimeSpan.Zero;
        }
    }

    private static void Compare(Pair buffer, int seed)
    {
        SharingModel model = buffer.Model;
        Assert.Equal(model.Open.Order(), buffer.Memory.Open.Order());
        Assert.Equal((model.IsRevoked, model.Attachments.Count), (buffer.Sharing.IsRevoked, buffer.Sharing.AttachmentCount));
        Assert.Equal(model.Address, buffer.Memory.Ranges[0].Address);
        Assert.True(buffer.Memory.Releases == (model.IsFreed ? 1 : 0), $"seed {seed}: released {buffer.Memory.Releases} times");
        foreach (Pair.Held held in buffer.Attachments)
        {
            Assert.Equal(held.Model.State, held.Real.State);
            if (held.Model.State == AttachmentState.Mapped)
                Assert.Equal((model.Address, held.Model.MappedAt), (held.Mapping!.Device[0].Address, held.Mapping.Memory[0].Address));
        }
    }

    private static Errno? Answer(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (TeeDriverException e)
        {
            return e.Errno;
        }
    }

    /// <summary>A buffer and its model.</summary>
    private sealed class Pair
    {
        internal Pair(Placements offers, ulong address)
        {
            Memory = new TestMemory { Offers = offers, Ranges = [TestMemory.Physical(address, 0x2000)] };
            Handle = Memory.ToHandle(SharedExports);
            Sharing = Handle.Sharing;
            Model = new SharingModel(offers, address);
        }

        /// <summary>A mapping of nothing here.</summary>
        internal static DmaMapping Foreign { get; } = DmaMapping.Create(Devices[0], DmaDirection.ToDevice, [TestMemory.Physical(0, 0x1000)], handle: 0);

        private static DmaBufExports SharedExports { get; } = new();

        internal TestMemory Memory { get; }

        internal DmaBufHandle Handle { get; }

        internal DmaBufSharing Sharing { get; }

        internal SharingModel Model { get; }

        internal List<Held> Attachments { get; } = [];

        internal Queue<DmaFence> Fences { get; } = [];

        internal void Attach(DmaDevice device, bool listens)
        {
            DmaBufAttachment real = Handle.Attach(device, listens ? new TestMemory.Importer() : null);
            var model = new SharingModel.Attached(device);
            Model.Attachments.Add(model);
            Attachments.Add(new Held(real, model));
        }

        internal sealed class Held(DmaBufAttachment real, SharingModel.Attached model)
        {
            internal DmaBufAttachment Real => real;

            internal SharingModel.Attached Model => model;

            internal DmaMapping? Mapping { get; set; }
        }
    }

    private sealed class ManualTime : TimeProvider
    {
        internal TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
