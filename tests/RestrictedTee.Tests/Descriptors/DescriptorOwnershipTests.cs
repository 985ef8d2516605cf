using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Descriptors;

/// <summary>Invariant 10: every descriptor has one owner from the line on which it arrives.</summary>
public sealed class DescriptorOwnershipTests : IDisposable
{
    private readonly SocketPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void What_nobody_took_is_closed_with_the_packet()
    {
        (SafeFileHandle read, SafeFileHandle write) = PipeEnd.CreatePipe();
        using (read)
            Assert.True(_pair.Near.TrySend([1], write));
        write.Dispose();
        SafeFileHandle arrived;

        using (var descriptors = new ReceivedDescriptors())
        {
            Assert.True(_pair.Far.Receive(new byte[8], descriptors).IsWhole);
            arrived = descriptors.First!;
            Assert.False(arrived.IsClosed);
        }

        Assert.True(arrived.IsClosed);
    }

    [Fact]
    public void No_more_descriptors_enter_than_are_allowed()
    {
        using SafeFileHandle one = File.OpenHandle("/dev/null");
        _pair.Near.TrySend([1], one, one, one);
        using var descriptors = new ReceivedDescriptors();

        Received received = _pair.Far.Receive(new byte[8], descriptors, allowed: 1);

        Assert.Equal(new Received(1, IsTruncated: false, LostDescriptors: true), received);
        Assert.Equal(1, descriptors.Count);
    }

    [Fact]
    public void None_are_allowed_when_none_are_expected()
    {
        using SafeFileHandle one = File.OpenHandle("/dev/null");
        _pair.Near.TrySend([1], one);
        using var descriptors = new ReceivedDescriptors();

        Assert.True(_pair.Far.Receive(new byte[8], descriptors, allowed: 0).LostDescriptors);
        Assert.Equal(0, descriptors.Count);
    }

    [Fact]
    public void A_message_that_is_too_long_says_so()
    {
        _pair.Near.TrySend(new byte[9]);
        using var descriptors = new ReceivedDescriptors();

        Assert.Equal(new Received(8, IsTruncated: true, LostDescriptors: false), _pair.Far.Receive(new byte[8], descriptors));
    }

    [Fact]
    public void What_was_said_before_closing_is_heard_though_the_other_side_was_not_listened_to()
    {
        _pair.Near.TrySend([1]);
        _pair.Far.TrySend([2, 2]);
        _pair.Far.Dispose();
        using var descriptors = new ReceivedDescriptors();

        Assert.Equal(2, _pair.Near.Receive(new byte[8], descriptors).Length);
        Assert.Equal(0, _pair.Near.Receive(new byte[8], descriptors).Length);
    }
}
