using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.ProtectedMemory;

namespace RestrictedTee.Tests.Firewall;

/// <summary>Chains: who may produce a buffer's content, and who may consume it.</summary>
public sealed class LabelTests : IDisposable
{
    private readonly FirewallBench _bench = new();
    private readonly RestrictedBuffer _buffer;

    public LabelTests() => _buffer = _bench.Allocate();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void What_a_ta_produces_for_the_decoder_is_not_for_the_display()
    {
        ulong decoder = _bench.Map(FirewallBench.Decoder, _buffer, AccessRights.ReadWrite);
        ulong display = _bench.Map(FirewallBench.Display, _buffer, AccessRights.Read);

        Assert.Equal(ClaimOutcome.Claimed, _bench.Rules.TryLabel(FirewallBench.SecureTa, 1, _buffer, [FirewallBench.Decoder.Id]));

        Assert.True(_bench.TryBurst(FirewallBench.Decoder, decoder, AccessRights.Read));
        Assert.False(_bench.TryBurst(FirewallBench.Decoder, decoder, AccessRights.Write));
        Assert.False(_bench.TryBurst(FirewallBench.Display, display, AccessRights.Read));
        Assert.All(_bench.Rules.Faults.Drain(), fault => Assert.Contains("claim", fault.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_device_produces_it_produces_by_every_mapping_of_it()
    {
        ulong first = _bench.Map(FirewallBench.Decoder, _buffer, AccessRights.ReadWrite), second = _bench.Map(FirewallBench.Decoder, _buffer, AccessRights.ReadWrite);
        ulong display = _bench.Map(FirewallBench.Display, _buffer, AccessRights.Read);

        Assert.Equal(ClaimOutcome.Claimed, _bench.Rules.TryClaim(FirewallBench.Decoder, _buffer, Claim.OfDevice(FirewallBench.Decoder.Id, [FirewallBench.Display.Id])));

        Assert.True(_bench.TryBurst(FirewallBench.Decoder, first, AccessRights.Write));
        Assert.True(_bench.TryBurst(FirewallBench.Decoder, second, AccessRights.Write));
        Assert.True(_bench.TryBurst(FirewallBench.Display, display, AccessRights.Read));
        Assert.False(_bench.Rules.TryGrant(FirewallBench.SecureTa, 1, _buffer, 0, 1, AccessRights.Read, out _));
    }

    [Fact]
    public void Relabelling_scrubs_and_setting_the_same_label_does_not()
    {
        _bench.Rules.TryClaim(FirewallBench.SecureTa, 1, _buffer, []);
        _bench.Fill(_buffer, 9);

        Assert.Equal(ClaimOutcome.Claimed, _bench.Rules.TryClaim(FirewallBench.SecureTa, 1, _buffer, []));
        Assert.True(FirewallBench.IsAll(_buffer, 9));
        Assert.Equal(ClaimOutcome.Claimed, _bench.Rules.TryLabel(FirewallBench.SecureTa, 1, _buffer, [FirewallBench.Display.Id]));

        Assert.True(FirewallBench.IsAll(_buffer, 0));
    }

    [Fact]
    public void A_consumer_cannot_relabel()
    {
        _bench.Rules.TryLabel(FirewallBench.SecureTa, 1, _buffer, [FirewallBench.Decoder.Id]);

        Assert.Equal(ClaimOutcome.ClaimedByAnother, _bench.Rules.TryClaim(FirewallBench.Decoder, _buffer, Claim.OfDevice(FirewallBench.Decoder.Id, [])));
    }

    [Fact]
    public void A_label_is_not_changed_under_a_burst()
    {
        ulong decoder = _bench.Map(FirewallBench.Decoder, _buffer, AccessRights.Read);
        _bench.Rules.TryLabel(FirewallBench.SecureTa, 1, _buffer, [FirewallBench.Decoder.Id]);
        Assert.True(_bench.Rules.TryGrant(FirewallBench.Decoder, decoder, 0, 64, AccessRights.Read, out AccessGrant burst));

        Assert.Equal(ClaimOutcome.InUse, _bench.Rules.TryClaim(FirewallBench.SecureTa, 1, _buffer, []));
        burst.Dispose();

        Assert.Equal(ClaimOutcome.Claimed, _bench.Rules.TryClaim(FirewallBench.SecureTa, 1, _buffer, []));
        Assert.False(_bench.TryBurst(FirewallBench.Decoder, decoder, AccessRights.Read));
    }
}
