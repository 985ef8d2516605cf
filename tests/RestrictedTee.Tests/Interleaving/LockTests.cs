using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.Kernel.Messages;
using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Each of these fails, every time, when the lock that it is about is taken away.</summary>
public sealed class LockTests : IDisposable
{
    private readonly NormalRamMap _ram = new();
    private readonly MemoryObjectTable _objects = new();
    private readonly RestrictedMemory _restricted;
    private readonly MemoryRelayer _relayer;
    private readonly FirewallRules _firewall = new();

    public LockTests()
    {
        BoardFile board = InProcessTee.DynamicBoard with { Pools = [InProcessTee.DynamicBoard.Pools[0], InProcessTee.SmallBoard.Pools[1]] };
        _ram.TryPlug(RamBank.Create(board.NormalRam.Range, "lock tests"));
        _restricted = new RestrictedMemory(board, SecretMemoryChoice.Off, _objects);
        _relayer = new MemoryRelayer(_ram, SecretMemoryChoice.Off);
    }

    public void Dispose()
    {
        _relayer.Dispose();
        _restricted.Dispose();
        _ram.Dispose();
    }

    private RestrictedPool StaticPool => _restricted.PoolOf(UseCase.TrustedUi)!;

    [Fact]
    public void A_region_is_not_closed_while_a_buffer_is_being_allocated_in_it()
    {
        RestrictedRegion region = StaticPool.Regions[0];
        bool closed = true;

        Exclusion.Assert(region, () => region.Allocate(4096, cookie: 1), () => closed = region.TryClose());

        Assert.False(closed);
    }

    [Fact]
    public void Two_buffers_never_get_one_range()
    {
        RestrictedRegion region = StaticPool.Regions[0];
        RestrictedBuffer? first = null, second = null;

        Exclusion.Assert(region, () => first = region.Allocate(4096, cookie: 1), () => second = region.Allocate(4096, cookie: 2));

        Assert.False(first!.Range.Overlaps(second!.Range));
    }

    [Fact]
    public void Two_blocks_of_secure_ram_never_get_one_range() =>
        Exclusion.Assert(_restricted.SecureRam, () => _restricted.SecureRam.Allocate(64), () => _restricted.SecureRam.Allocate(64));

    [Fact]
    public void A_lent_range_is_reclaimed_once()
    {
        var lent = new LentMemory(_relayer, _restricted, _objects);
        PhysicalRange range = PhysicalRange.Create(new PhysicalAddress(0x4020_0000), 1 << 20);
        Assert.Equal(Sdk.TeeResult.Success, lent.Lend(UseCase.SecureVideoPlay, range, cookie: 7));
        Sdk.TeeResult first = default, second = default;

        Exclusion.Assert(lent, () => first = lent.Reclaim(7), () => second = lent.Reclaim(7));

        Assert.Equal((Sdk.TeeResult.Success, Sdk.TeeResult.ItemNotFound), (first, second));
    }

    [Fact]
    public void Two_transactions_never_get_one_name()
    {
        MemoryHandle first = default, second = default;

        Exclusion.Assert(_relayer, () => first = _relayer.NewHandle(PartitionId.NormalWorld), () => second = _relayer.NewHandle(PartitionId.NormalWorld));

        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_notification_is_taken_once()
    {
        var notifications = new Notifications(_firewall);
        notifications.Post(3);
        bool first = false, second = true;

        Exclusion.Assert(notifications, () => first = notifications.TryTake(out _, out _), () => second = notifications.TryTake(out _, out _));

        Assert.True(first && !second);
    }

    [Fact]
    public void A_notification_that_is_posted_beside_another_is_not_lost()
    {
        var notifications = new Notifications(_firewall);

        Exclusion.Assert(notifications, () => notifications.Post(3), () => notifications.Post(5));

        Assert.True(notifications.TryTake(out uint low, out bool more) && low == 3 && more);
    }

    [Fact]
    public void A_claim_waits_for_an_access_that_is_being_granted_and_is_refused_then()
    {
        RestrictedBuffer buffer = StaticPool.Allocate(4096, cookie: 1)!;
        BusMaster reader = BusMaster.TrustedApp(Guid.NewGuid(), hasSecureDataPath: true), claimer = BusMaster.TrustedApp(Guid.NewGuid(), hasSecureDataPath: true);
        AccessGrant grant = default;
        ClaimOutcome claimed = default;

        Exclusion.Assert(
            buffer,
            () => _firewall.TryGrant(reader, 1, buffer, 0, 64, AccessRights.Read, out grant),
            () => claimed = _firewall.TryClaim(claimer, 2, buffer, []));

        Assert.Equal(ClaimOutcome.InUse, claimed);
        grant.Dispose();
        Assert.Equal(ClaimOutcome.Claimed, _firewall.TryClaim(claimer, 2, buffer, []));
    }

    [Fact]
    public void An_access_waits_for_a_claim_that_is_being_made_and_is_refused_then()
    {
        RestrictedBuffer buffer = StaticPool.Allocate(4096, cookie: 1)!;
        BusMaster reader = BusMaster.TrustedApp(Guid.NewGuid(), hasSecureDataPath: true), claimer = BusMaster.TrustedApp(Guid.NewGuid(), hasSecureDataPath: true);
        bool granted = true;

        Exclusion.Assert(
            buffer,
            () => _firewall.TryClaim(claimer, 1, buffer, []),
            () => granted = _firewall.TryGrant(reader, 2, buffer, 0, 64, AccessRights.Read, out _));

        Assert.False(granted);
    }

    [Fact]
    public void A_fault_that_is_recorded_beside_another_is_not_lost()
    {
        FaultLog faults = _firewall.Faults;

        Exclusion.Assert(faults, () => faults.Add(default), () => faults.Add(default));

        Assert.Equal(2, faults.Drain().Count);
    }

    [Fact]
    public void Memory_that_is_being_taken_out_of_the_table_is_not_found_any_more()
    {
        RestrictedBuffer buffer = _restricted.Allocate(StaticPool, 4096)!;
        MemoryObject? found = buffer;

        Exclusion.Assert(_objects, () => _objects.TryRemoveUnused<RestrictedBuffer>(buffer.Cookie, out _), () => found = _objects.Get(buffer.Cookie));

        Assert.Null(found);
    }

    [Fact]
    public void A_quota_is_not_passed_by_two_allocations_at_once()
    {
        var resources = new InstanceResources(secureBytes: 64);
        SecureBlock? first = null, second = null;

        Exclusion.Assert(resources, () => first = resources.Allocate(_restricted.SecureRam, 64), () => second = resources.Allocate(_restricted.SecureRam, 64));

        Assert.True(first is not null && second is null);
    }

    [Fact]
    public void One_thread_watches_over_the_descriptors_of_dma_bufs()
    {
        using var tee = new InProcessTee();
        using TeeContext context = tee.OpenContext();
        using DmaBufHandle first = context.AllocateRestricted("protected,secure-video", 4096), second = context.AllocateRestricted("protected,secure-video", 4096);

        Exclusion.Assert(tee.Host.Exports, () => first.ExportDescriptor().Dispose(), () => second.ExportDescriptor().Dispose());
    }
}
