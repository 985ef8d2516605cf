using RestrictedTee.SecureWorld.Kernel.Objects;

namespace RestrictedTee.Tests.Crypto;

public sealed class HandleTableTests
{
    private readonly HandleTable _table = new();

    [Fact]
    public void A_handle_is_never_given_out_again()
    {
        using var one = new Counted();
        using var other = new Counted();
        uint first = _table.Add(one);
        _table.Remove(first);

        Assert.NotEqual(first, _table.Add(other));
        Assert.False(_table.TryFind<Counted>(first, out _));
    }

    [Fact]
    public void Invariant_9_what_is_added_when_the_instance_has_ended_stays_its_makers()
    {
        using var early = new Counted();
        using var late = new Counted();
        _table.Add(early);

        _table.End();

        Assert.Equal((0u, 1, 0), (_table.Add(late), early.Ends, late.Ends));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public async Task An_object_in_use_ends_after_that_use_and_once()
    {
        using var item = new Counted();
        Task end;
        using (item.Enter())
        {
            using var begun = new ManualResetEventSlim();
            end = Task.Run(() =>
            {
                begun.Set();
                item.Dispose();
            });
            Assert.True(begun.Wait(TimeSpan.FromSeconds(20)));
            Assert.Equal(0, item.Ends);
        }

        await end.WaitAsync(TimeSpan.FromSeconds(20));
        item.Dispose();

        Assert.Equal(1, item.Ends);
        Assert.Throws<ObjectDisposedException>(() => item.Enter().Dispose());
    }

    private sealed class Counted : KernelObject
    {
        internal int Ends { get; private set; }

        protected override void End() => Ends++;
    }
}
