using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.NormalWorld.Allocators;

/// <summary>
/// The memory of a buffer of the central allocator (struct smaf_handle): not there until it is needed, and from then on a heap's. Until
/// then it is its own exporter, which promises what any allocator that is left would keep.
/// </summary>
/// <remarks>Its lock is the buffer's; what is read outside of it is written once.</remarks>
internal sealed class DeferredMemory(CentralAllocator owner, ulong size, INamedAllocator? chosen, int client) : IDmaBufMemory, IDmaBufExporter
{
    private volatile HeapMemory? _allocated;
    private volatile bool _secure = chosen?.IsRestricted ?? false;

    internal CentralAllocator Owner => owner;

    internal bool IsSecure => _secure;

    internal bool HasMemory => _allocated is not null;

    public IDmaBufExporter Exporter => _allocated?.Exporter ?? this;

    string IDmaBufExporter.Name => chosen?.Name ?? "smaf";

    UseCase IDmaBufExporter.UseCase => default;

    Placements IDmaBufExporter.Offers => Candidates.Aggregate(Placements.None, (offers, allocator) => offers | allocator.Offers);

    Restriction IDmaBufExporter.Restriction => _secure ? new Restriction(RestrictionKind.NoCpuMapping, "smaf") : Restriction.None;

    IAccessGate IDmaBufExporter.Gate => owner.Gate;

    public ulong Cookie => Allocated.Cookie;

    public ulong KnownCookie => _allocated?.KnownCookie ?? 0;

    public ulong RestrictedCookie => _allocated?.RestrictedCookie ?? 0;

    public Span<byte> CpuView => Allocated.CpuView;

    public void Check(IReadOnlyList<DmaDevice> devices)
    {
        if (_allocated is { } memory)
            memory.Check(devices);
        else
            FindMatching(devices);
    }

    public IReadOnlyList<MemoryRange> Provide(IReadOnlyList<DmaDevice> devices) => (_allocated ??= Allocate(devices)).Provide(devices);

    public void Move(IReadOnlyList<DmaDevice> devices) => _allocated?.Move(devices);

    public void Release() => _allocated?.Release();

    internal void SetSecure(bool secure, IReadOnlyList<DmaDevice> devices)
    {
        if (secure == _secure)
            return;
        if (HasMemory)
            throw new TeeDriverException(Errno.EBUSY, "The buffer has memory already, which stays what it is.");
        if (chosen is not null)
            throw new TeeDriverException(Errno.EINVAL, $"The buffer is to come from '{chosen.Name}'.");
        _secure = secure;
        try
        {
            FindMatching(devices);
        }
        catch
        {
            _secure = !secure;
            throw;
        }
    }

    private HeapMemory Allocated => _allocated ?? throw new InvalidOperationException("Memory is provided before it is used.");

    /// <summary>A name is a choice; else the flag is.</summary>
    private IEnumerable<INamedAllocator> Candidates => chosen is not null ? [chosen] : owner.Ranked.Where(allocator => allocator.IsRestricted == _secure);

    /// <summary>The best that has room (smaf_find_allocator; with no device attached the first, smaf_get_first_allocator).</summary>
    private HeapMemory Allocate(IReadOnlyList<DmaDevice> devices)
    {
        TeeDriverException? full = null;
        foreach (INamedAllocator allocator in FindMatching(devices))
        {
            try
            {
                return allocator.Allocate(size, client);
            }
            catch (TeeDriverException e) when (e.Errno is Errno.ENOMEM or Errno.EAGAIN)
            {
                full ??= e;
            }
        }

        throw full!;
    }

    /// <exception cref="TeeDriverException">What the one that was chosen is refused for; else EINVAL (smaf_allocate).</exception>
    private List<INamedAllocator> FindMatching(IReadOnlyList<DmaDevice> devices)
    {
        var matching = new List<INamedAllocator>();
        (Errno Errno, string Why)? first = null;
        foreach (INamedAllocator allocator in Candidates)
        {
            if (allocator.FindProblem(devices, size) is not { } problem)
                matching.Add(allocator);
            else
                first ??= problem;
        }

        if (matching.Count > 0)
            return matching;
        string names = string.Join(", ", devices.Select(device => device.Name));
        throw new TeeDriverException(chosen is not null && first is { } one ? one.Errno : Errno.EINVAL, $"No allocator suits {names}: {first?.Why ?? "there is none"}.");
    }
}
