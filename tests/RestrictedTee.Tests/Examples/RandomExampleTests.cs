using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Tests.Examples;

/// <summary>The random example.</summary>
public sealed class RandomExampleTests : IDisposable
{
    private readonly ExampleSession _session = new(RandomExample.Uuid);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(16)]
    [InlineData(32 * 1024)]
    public void All_of_the_memory_is_filled_and_never_the_same_twice(int size)
    {
        byte[] one = _session.Output(RandomExample.CommandGenerate, 0, size), other = _session.Output(RandomExample.CommandGenerate, 0, size);

        Assert.Equal((size, size), (one.Length, other.Length));
        Assert.NotEqual(one, other);
        Assert.Contains(one[(size - 16)..], b => b != 0);
    }

    [Fact]
    public void Nothing_is_filled_with_nothing() =>
        Assert.Equal(TeecResult.Success, _session.Invoke(RandomExample.CommandGenerate, Parameter.Null(Direction.Output)));

    [Fact]
    public void More_than_the_memory_of_the_ta_is_refused_and_nothing_is_written()
    {
        byte[] memory = new byte[64 * 1024];

        Assert.Equal(TeecResult.OutOfMemory, _session.Invoke(RandomExample.CommandGenerate, Parameter.TempOutput(memory)));

        Assert.Equal(-1, memory.AsSpan().IndexOfAnyExcept((byte)0));
        Assert.Equal(16, _session.Output(RandomExample.CommandGenerate, 0, 16).Length);
    }
}
