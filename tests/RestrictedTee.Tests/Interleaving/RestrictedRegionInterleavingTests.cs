using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Restricted buffers that are allocated, found and freed at the same moment.</summary>
public sealed class RestrictedRegionInterleavingTests : IDisposable
{
    private const ulong Page = PhysicalAddress.PageSize;

    private readonly RestrictedRegion _region = NewRegion(0);

    public static TheoryData<string> Operations => ["State", "Allocate", "Find", "TryClose", "Return"];

    public void Dispose() => _region.Unmap();

    [InterleavingFact]
    public void No_range_is_given_to_two_buffers()
    {
        RestrictedBuffer? first = null, second = null;

        Scheduler.Interleave("RangeAllocator.Allocate", () => first = _region.Allocate(Page, 1), () => second = _region.Allocate(Page, 2));

        Assert.False(first!.Range.Overlaps(second!.Range));
        Assert.Equal((2 * (int)Page, 2), (_region.State.Used, _region.State.Buffers));
    }

    [InterleavingFact]
    public void A_region_is_not_closed_under_a_buffer_that_is_being_allocated()
    {
        RestrictedBuffer? buffer = null;
        bool closed = false;

        Scheduler.Interleave("RestrictedRegion.Allocate", () => buffer = _region.Allocate(Page, 1), () => closed = _region.TryClose());

        Assert.NotNull(buffer);
        Assert.False(closed);
    }

    [InterleavingFact]
    public void The_state_that_is_told_was_so_at_one_moment()
    {
        PoolState state = default;

        Scheduler.Interleave("RestrictedRegion.Allocate", () => _region.Allocate(Page, 1), () => state = _region.State);

        Assert.Equal(((int)Page, 1), (state.Used, state.Buffers));
    }

    [InterleavingTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_change_of_a_pools_regions_undoes_another(bool adds)
    {
        var pool = new RestrictedPool(new PoolRegion { UseCase = UseCase.TrustedUi, IsDynamic = true, Base = 0, Size = 16 * Page }, SecretMemoryChoice.Off);
        RestrictedRegion before = NewRegion(0), added = NewRegion(1), other = NewRegion(2);
        pool.Add(before);

        Scheduler.Interleave("RestrictedPool.Add", () => pool.Add(added), () =>
        {
            if (adds)
                pool.Add(other);
            else
                pool.Remove(before);
        });

        Assert.Equal(adds ? [before, added, other] : [added], pool.Regions);
        Array.ForEach([before, added, other], region => region.Unmap());
    }

    [InterleavingTheory]
    [MemberData(nameof(Operations))]
    public void Nothing_gets_in_between_taking_a_range_and_listing_its_buffer(string operation)
    {
        RestrictedBuffer before = _region.Allocate(Page, 1)!;
        PhysicalRange range = before.Range;

        Scheduler.AssertExcludes("RestrictedRegion.Allocate", () => _region.Allocate(Page, 2), operation switch
        {
            "State" => () => _ = _region.State,
            "Allocate" => () => _region.Allocate(Page, 3),
            "Find" => () => _region.Find(range),
            "TryClose" => () => _region.TryClose(),
            _ => before.Release,
        });
    }

    private static RestrictedRegion NewRegion(ulong index) => new(
        UseCase.SecureVideoPlay,
        PhysicalRange.Create(new PhysicalAddress(0x0f00_0000 + (index * 16 * Page)), 16 * Page),
        SecretMapping.Create((int)(16 * Page), SecretMemoryChoice.Off));
}
