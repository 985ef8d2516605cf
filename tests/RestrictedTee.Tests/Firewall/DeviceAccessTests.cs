using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.Tests.Firewall;

/// <summary>Invariant 1 for devices: static rules, mappings, revocation.</summary>
public sealed class DeviceAccessTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly FirewallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(BusMasterNames.VideoDecoder, BusRights.ReadWrite)]
    [InlineData(BusMasterNames.DisplayController, BusRights.Read)]
    [InlineData(BusMasterNames.Camera, BusRights.None)]
    [InlineData(BusMasterNames.TouchController, BusRights.None)]
    public void A_device_maps_for_what_its_row_of_the_board_allows_and_for_nothing_else(string name, BusRights allowed)
    {
        RestrictedBuffer buffer = _bench.Allocate();

        foreach (AccessRights rights in new[] { AccessRights.Read, AccessRights.Write, AccessRights.ReadWrite })
        {
            DeviceAccessOutcome outcome = _bench.Access.Map(MasterId.Device(name), buffer, rights, out _);
            Assert.Equal((rights & ~(AccessRights)allowed) == 0 ? DeviceAccessOutcome.Done : DeviceAccessOutcome.Forbidden, outcome);
        }
    }

    [Fact]
    public void Who_is_not_on_the_board_maps_nothing()
    {
        RestrictedBuffer buffer = _bench.Allocate();

        Assert.Equal(DeviceAccessOutcome.UnknownMaster, _bench.Access.Map(MasterId.Device("acme,npu"), buffer, AccessRights.Read, out _));
        Assert.Equal(DeviceAccessOutcome.UnknownMaster, _bench.Access.Map(BusMaster.NormalWorldCpu.Id, buffer, AccessRights.Write, out _));
        Assert.Equal(DeviceAccessOutcome.UnknownMaster, _bench.Access.Map(MasterId.Device(BusMasterNames.Tee), buffer, AccessRights.Read, out _));
    }

    [Fact]
    public void A_trusted_application_with_a_row_of_its_own_has_the_rights_of_that_row_only()
    {
        var uuid = new Guid("0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e0fe");
        BusMasterRow row = new() { Name = BusMasterNames.TrustedApp, TrustedApp = uuid, Rights = new Dictionary<UseCase, BusRights> { [UseCase.TrustedUi] = BusRights.Read } };
        using var bench = new FirewallBench(BoardFile.Default with { BusMasters = [.. BoardFile.Default.BusMasters, row] });
        BusMaster ta = BusMaster.TrustedApp(uuid, hasSecureDataPath: true);

        Assert.False(bench.Rules.TryGrant(ta, 1, bench.Allocate(), 0, 1, AccessRights.Read, out _));
        Assert.False(bench.Rules.TryGrant(ta, 1, bench.Allocate(useCase: UseCase.TrustedUi), 0, 1, AccessRights.Write, out _));
        Assert.True(bench.Rules.TryGrant(ta, 1, bench.Allocate(useCase: UseCase.TrustedUi), 0, 1, AccessRights.Read, out AccessGrant grant));
        grant.Dispose();
        Assert.True(bench.Rules.TryGrant(FirewallBench.SecureTa, 1, bench.Allocate(), 0, 1, AccessRights.Read, out grant));
        grant.Dispose();
    }

    [Fact]
    public void A_device_that_cannot_drive_the_address_or_needs_another_alignment_is_told_when_it_maps()
    {
        BoardFile high = BoardFile.Default with
        {
            Pools = [new PoolRegion { UseCase = UseCase.SecureVideoPlay, Base = (1UL << 40) - 8192, Size = 1 << 20 }],
        };
        using var bench = new FirewallBench(high);
        RestrictedBuffer straddles = bench.Allocate(16384);

        Assert.Equal(DeviceAccessOutcome.OutOfReach, bench.Access.Map(FirewallBench.Display.Id, straddles, AccessRights.Read, out _));
        Assert.Equal(DeviceAccessOutcome.Done, bench.Access.Map(MasterId.Device(BusMasterNames.CryptoEngine), straddles, AccessRights.Read, out _)); // behind an IOMMU
    }

    [Fact]
    public void A_burst_is_refused_beyond_the_mapping_in_another_direction_by_another_device_and_after_unmapping()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        ulong handle = _bench.Map(FirewallBench.Decoder, buffer, AccessRights.Read);

        Assert.True(_bench.TryBurst(FirewallBench.Decoder, handle, AccessRights.Read));
        Assert.False(_bench.TryBurst(FirewallBench.Decoder, handle, AccessRights.Read, buffer.Size - 32));
        Assert.False(_bench.TryBurst(FirewallBench.Decoder, handle, AccessRights.Read, ulong.MaxValue));
        Assert.False(_bench.TryBurst(FirewallBench.Decoder, handle, AccessRights.Write));
        Assert.False(_bench.TryBurst(FirewallBench.Display, handle, AccessRights.Read));
        Assert.True(_bench.Access.Unmap(handle));
        Assert.False(_bench.TryBurst(FirewallBench.Decoder, handle, AccessRights.Read));
        Assert.False(_bench.Access.Unmap(handle));
        Assert.Equal(
            ["outside of the mapping", "outside of the mapping", "it is mapped for another direction", "it has no such mapping", "it has no such mapping"],
            _bench.Rules.Faults.Drain().Select(fault => fault.Reason));
    }

    [Fact]
    public async Task A_revocation_lets_the_burst_in_progress_end_and_fails_the_next_and_what_was_half_written_is_gone()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        _bench.Fill(buffer, 1);
        ulong handle = _bench.Map(FirewallBench.Decoder, buffer, AccessRights.ReadWrite);
        Assert.True(_bench.Rules.TryGrant(FirewallBench.Decoder, handle, 0, 64, AccessRights.Write, out AccessGrant burst));

        Task<DeviceAccessOutcome> revocation = Task.Factory.StartNew(
            () => _bench.Access.Revoke(FirewallBench.Decoder.Id, buffer), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(SpinWait.SpinUntil(() => !_bench.TryBurst(FirewallBench.Decoder, handle, AccessRights.Read), Deadline));
        Assert.False(revocation.IsCompleted);
        FirewallBench.Bytes(burst).Fill(2);
        burst.Dispose();

        Assert.Equal(DeviceAccessOutcome.Done, await revocation.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.True(_bench.Rules.TryGrant(FirewallBench.SecureTa, 1, buffer, 0, (int)buffer.Size, AccessRights.Read, out AccessGrant rest));
        Assert.False(FirewallBench.Bytes(rest)[..64].ContainsAnyExcept((byte)0));
        Assert.False(FirewallBench.Bytes(rest)[64..].ContainsAnyExcept((byte)1)); // what others wrote is theirs
        rest.Dispose();
        Assert.Contains(_bench.Rules.Faults.Drain(), fault => fault.Reason == "its access is revoked" && fault.Master == FirewallBench.Decoder.Id);
    }

    [Theory]
    [InlineData(BusRights.Read)]
    [InlineData(BusRights.Write)]
    public void A_burst_allocates_nothing(BusRights rights)
    {
        ulong handle = _bench.Map(FirewallBench.Decoder, _bench.Allocate(), AccessRights.ReadWrite);
        Assert.True(_bench.TryBurst(FirewallBench.Decoder, handle, (AccessRights)rights)); // the first makes what the others use

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            _bench.TryBurst(FirewallBench.Decoder, handle, (AccessRights)rights);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void What_was_revoked_can_be_granted_again_and_the_mapping_works_as_before()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        ulong handle = _bench.Map(FirewallBench.Decoder, buffer, AccessRights.Read);
        _bench.Access.Revoke(FirewallBench.Decoder.Id, buffer);
        Assert.Equal(DeviceAccessOutcome.Forbidden, _bench.Access.Map(FirewallBench.Decoder.Id, buffer, AccessRights.Read, out _));

        Assert.Equal(DeviceAccessOutcome.Done, _bench.Access.Restore(FirewallBench.Decoder.Id, buffer));

        Assert.True(_bench.TryBurst(FirewallBench.Decoder, handle, AccessRights.Read));
    }

    [Fact]
    public void A_trusted_application_in_a_call_is_not_revoked_under_its_feet()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        Assert.True(_bench.Rules.TryGrant(FirewallBench.SecureTa, 1, buffer, 0, 1, AccessRights.Read, out AccessGrant call));

        Assert.Equal(DeviceAccessOutcome.InUse, _bench.Access.Revoke(FirewallBench.SecureTa.Id, buffer));
        call.Dispose();

        Assert.Equal(DeviceAccessOutcome.Done, _bench.Access.Revoke(FirewallBench.SecureTa.Id, buffer));
        Assert.False(_bench.Rules.TryGrant(FirewallBench.SecureTa, 1, buffer, 0, 1, AccessRights.Read, out _));
    }

    [Fact]
    public void Revoking_the_row_of_all_trusted_applications_revokes_each_of_them()
    {
        RestrictedBuffer buffer = _bench.Allocate();
        MasterId all = _bench.Rules.Static.Masters[BoardFile.Default.BusMasters.ToList().FindIndex(master => master.Name == BusMasterNames.TrustedApp)];
        Assert.True(_bench.Rules.TryGrant(FirewallBench.SecureTa, 1, buffer, 0, 1, AccessRights.Read, out AccessGrant call));
        Assert.Equal(DeviceAccessOutcome.InUse, _bench.Access.Revoke(all, buffer));
        call.Dispose();

        Assert.Equal(DeviceAccessOutcome.Done, _bench.Access.Revoke(all, buffer));
        Assert.False(_bench.Rules.TryGrant(FirewallBench.SecureTa, 1, buffer, 0, 1, AccessRights.Read, out _));
        Assert.Equal(ClaimOutcome.ClaimedByAnother, _bench.Rules.TryClaim(FirewallBench.SecureTa, 1, buffer, []));

        _bench.Access.Restore(all, buffer);
        Assert.True(_bench.Rules.TryGrant(FirewallBench.SecureTa, 1, buffer, 0, 1, AccessRights.Read, out call));
        call.Dispose();
    }

    [Fact]
    public void A_buffer_that_is_freed_while_a_device_has_it_mapped_is_nobody_elses_until_it_is_unmapped_and_zero_then()
    {
        ulong whole = _bench.Memory.PoolOf(UseCase.SecureVideoPlay)!.MinimumSize;
        RestrictedBuffer buffer = _bench.Allocate(whole);
        _bench.Fill(buffer, 7);
        ulong handle = _bench.Map(FirewallBench.Decoder, buffer, AccessRights.Read);

        _bench.Memory.Free(buffer.Cookie);
        Assert.True(_bench.TryBurst(FirewallBench.Decoder, handle, AccessRights.Read));
        Assert.Null(_bench.Memory.Allocate(_bench.Memory.PoolOf(UseCase.SecureVideoPlay)!, 4096));
        _bench.Access.Unmap(handle);

        Assert.True(FirewallBench.IsAll(_bench.Allocate(whole), 0));
    }
}
