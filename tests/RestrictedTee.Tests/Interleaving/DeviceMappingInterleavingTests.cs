using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.Tests.Firewall;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>A device that begins a burst at the moment in which its mapping ends.</summary>
public sealed class DeviceMappingInterleavingTests : IDisposable
{
    private readonly FirewallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [InterleavingTheory]
    [InlineData(AccessRights.Read)]
    [InlineData(AccessRights.Write)]
    public void Who_has_found_a_mapping_that_ends_gets_nothing_by_it(object rights)
    {
        RestrictedBuffer buffer = _bench.Allocate();
        ulong handle = _bench.Map(FirewallBench.Decoder, buffer, AccessRights.ReadWrite);
        bool isGranted = true, isUnmapped = false;

        bool passed = Scheduler.Interleave(
            "FirewallRules.TryGrant",
            () => isGranted = _bench.TryBurst(FirewallBench.Decoder, handle, (AccessRights)rights),
            () => isUnmapped = _bench.Access.Unmap(handle));

        Assert.Equal((true, true, false), (passed, isUnmapped, isGranted));
        Assert.Equal("it has no such mapping", Assert.Single(_bench.Rules.Faults.Drain()).Reason);
    }
}
