using RestrictedTee.SecureWorld.Kernel.Sessions;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;

namespace RestrictedTee.Tests.Interleaving;

/// <summary>Blocks of secure RAM, and the quota of the instance that holds them.</summary>
public sealed class SecureRamInterleavingTests : IDisposable
{
    private const int Block = 64;

    private readonly SecureRam _ram = new(SecretMapping.Create(4096, SecretMemoryChoice.Off));
    private readonly InstanceResources _resources = new(secureBytes: Block);

    public void Dispose() => _ram.Dispose();

    [InterleavingFact]
    public void No_two_blocks_share_memory()
    {
        SecureBlock? first = null, second = null;

        Scheduler.Interleave("RangeAllocator.Allocate", () => first = _ram.Allocate(Block), () => second = _ram.Allocate(Block));

        AssertApart(first!, second!);
    }

    [InterleavingFact]
    public void A_block_does_not_come_back_while_another_is_being_given()
    {
        SecureBlock before = _ram.Allocate(Block)!;

        Scheduler.AssertExcludes("RangeAllocator.Allocate", () => _ram.Allocate(Block), before.Dispose);
    }

    [InterleavingFact]
    public void A_block_that_two_dispose_of_comes_back_once()
    {
        SecureBlock block = _ram.Allocate(Block)!;
        _ram.Allocate(Block);

        Scheduler.Interleave("SecureBlock.Dispose", block.Dispose, block.Dispose);

        AssertApart(_ram.Allocate(Block)!, _ram.Allocate(Block)!);
    }

    [InterleavingFact]
    public void A_block_that_is_on_its_way_back_is_reached_no_more()
    {
        SecureBlock block = _ram.Allocate(Block)!;
        bool refused = false;

        Scheduler.Interleave("SecureBlock.Dispose", block.Dispose, () => refused = Record.Exception(() => block.Span.Length) is ObjectDisposedException);

        Assert.True(refused);
    }

    [InterleavingFact]
    public void Two_allocations_at_once_do_not_exceed_the_quota_together()
    {
        SecureBlock? first = null, second = null;

        Scheduler.Interleave("InstanceResources.Allocate", () => first = _resources.Allocate(_ram, Block), () => second = _resources.Allocate(_ram, Block));

        Assert.NotNull(first);
        Assert.Null(second);
    }

    [InterleavingFact]
    public void An_instance_that_ends_in_the_middle_of_an_allocation_gives_that_back_too()
    {
        SecureBlock? block = null;

        Scheduler.Interleave("InstanceResources.Allocate", () => block = _resources.Allocate(_ram, Block), _resources.ReleaseMemory);

        Assert.Throws<ObjectDisposedException>(() => block!.Span.Length);
        Assert.Null(_resources.Allocate(_ram, Block));
    }

    [InterleavingFact]
    public void A_block_that_comes_back_is_not_counted_in_the_middle_of_an_allocation()
    {
        var resources = new InstanceResources(2 * Block);
        SecureBlock before = resources.Allocate(_ram, Block)!;

        Scheduler.AssertExcludes("InstanceResources.Allocate", () => resources.Allocate(_ram, Block), before.Dispose);

        Assert.NotNull(resources.Allocate(_ram, Block));
        Assert.Null(resources.Allocate(_ram, Block));
    }

    private static void AssertApart(SecureBlock first, SecureBlock second)
    {
        first.Span.Fill(1);
        second.Span.Fill(2);
        Assert.False(first.Span.Contains((byte)2));
    }
}
