using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Harness;

/// <summary>The memory of a buffer that has no TEE behind it, and the exporter and the gate of it.</summary>
internal sealed class TestMemory : IDmaBufMemory, IDmaBufExporter, IAccessGate
{
    internal const ulong Step = 0x10_0000;

    public string Name { get; init; } = "test";

    public UseCase UseCase { get; init; } = UseCase.SecureVideoPlay;

    public Placements Offers { get; init; } = Placements.Pinned;

    public Restriction Restriction { get; init; } = new(RestrictionKind.NoCpuMapping, "test");

    public ulong Cookie { get; init; } = 1;

    public ulong KnownCookie => Cookie;

    public ulong RestrictedCookie => 0;

    internal Action<ulong>? OnRelease { get; init; }

    /// <summary>What <see cref="Move"/> fails with.</summary>
    internal Errno? MoveFailure { get; set; }

    /// <summary>Where it lies.</summary>
    internal IReadOnlyList<MemoryRange> Ranges { get; set; } = [Physical(0x4000_0000, 0x2000)];

    /// <summary>What was granted and has not been revoked, by device.</summary>
    internal List<(string Device, DmaDirection Direction)> Open { get; } = [];

    /// <summary>Every decision that was asked for.</summary>
    internal List<(string Device, DmaDirection Direction, bool Granted)> Decisions { get; } = [];

    internal int Releases { get; private set; }

    public IAccessGate Gate => this;

    public IDmaBufExporter Exporter => this;

    public Span<byte> CpuView => Restriction.IsRestricted ? default : new byte[0x2000];

    public void Check(IReadOnlyList<DmaDevice> devices) => Attachability.Check(this, devices, Ranges);

    public IReadOnlyList<MemoryRange> Provide(IReadOnlyList<DmaDevice> devices) => Ranges;

    public void Move(IReadOnlyList<DmaDevice> devices)
    {
        if (MoveFailure is { } errno)
            throw new TeeDriverException(errno, "The test says so.");
        IReadOnlyList<MemoryRange> target = [.. Ranges.Select(range => range with { Address = range.Address + Step })];
        Attachability.Check(this, devices, target);
        Ranges = target;
    }

    public void Release()
    {
        Releases++;
        OnRelease?.Invoke(Cookie);
    }

    public ulong Grant(in AccessRequest request)
    {
        string device = request.Device.Name;
        DmaDirection direction = request.Direction;
        bool allowed = (DmaDirections.AccessOf(direction) & ~request.Device.RightsFor(UseCase)) == 0;
        Decisions.Add((device, direction, allowed));
        if (!allowed)
            throw new TeeDriverException(Errno.EACCES, $"{device} may not.");
        Open.Add((device, direction));
        return 0;
    }

    public void Revoke(in AccessRequest request, ulong handle) => Assert.True(Open.Remove((request.Device.Name, request.Direction)));

    internal static MemoryRange Physical(ulong address, ulong length) =>
        new(new MemoryProvider("test-ram", 0, address + length - 1), address, length, RangeAttributes.None);

    /// <summary>A handle to a buffer of this memory.</summary>
    internal DmaBufHandle ToHandle(DmaBufExports exports, ulong size = 0x2000) => new LocalDmaBuf(new DmaBufObject(this, size), exports);

    /// <summary>A device with rights to secure video.</summary>
    internal static DmaDevice Device(string name, DmaAccess rights, Placements takes = Placements.Pinned) => new()
    {
        Name = name,
        Takes = takes,
        Rights = new Dictionary<UseCase, DmaAccess> { [UseCase.SecureVideoPlay] = rights },
    };

    /// <summary>The driver of a device, which writes down what it is told.</summary>
    internal sealed class Importer(Action<DmaBufAttachment, BufferChange>? onChange = null) : IDmaImporter
    {
        internal List<BufferChange> Heard { get; } = [];

        public void MoveNotify(DmaBufAttachment attachment, BufferChange change)
        {
            Heard.Add(change);
            onChange?.Invoke(attachment, change);
        }
    }
}
