using RestrictedTee.SmcTransport.Abi.Ffa;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Tests.Ffa;

/// <summary>Transitions of memory one by one, as Arm's ACS tries them; docs/ffa-acs.md says which is which.</summary>
public sealed class TransitionTests : IDisposable
{
    private readonly SpmcWorld _world = new();
    private readonly SpmcWorld.Actor _nw;
    private readonly SpmcWorld.Actor _sp1;
    private readonly SpmcWorld.Actor _sp2;

    public TransitionTests() => (_nw, _sp1, _sp2) = (_world.NormalWorld, _world.Echo[0], _world.Echo[1]);

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_and_the_last_page_that_an_endpoint_has_can_be_sent(bool fromPartition)
    {
        SpmcWorld.Actor sender = fromPartition ? _sp1 : _nw;
        ulong end = fromPartition ? _sp1.Ram + (64 << 10) : _world.Bank.Range.End.Value;
        foreach (uint function in new[] { FfaFunction.MemShare32, FfaFunction.MemLend32, FfaFunction.MemDonate32 })
        {
            foreach (PhysicalAddress page in new[] { sender.Page(0), new PhysicalAddress(end - 4096) })
            {
                MemoryHandle handle = Send(function, sender, page, _sp2);
                Assert.Equal(FfaStatus.Success, _world.Reclaim(sender, handle).Status());
            }
        }

        FfaReceiver[] receivers = [new FfaReceiver(_sp2.Id, FfaAccess.ReadWrite)];
        Assert.Equal(fromPartition ? FfaStatus.Denied : FfaStatus.InvalidParameters, _world.Send(sender, FfaFunction.MemShare32, [SpmcWorld.RangeOf(new PhysicalAddress(end))], receivers).Status());
    }

    [Fact]
    public void What_was_donated_is_its_receivers_to_share_lend_and_donate()
    {
        MemoryHandle gift = Send(FfaFunction.MemDonate32, _nw, _nw.Page(0), _sp1);
        Assert.Equal(FfaStatus.Success, Retrieve(_sp1, _nw, gift, FfaAccess.NotExecutable));

        Assert.Equal(FfaStatus.InvalidParameters, _world.Reclaim(_nw, gift).Status());
        Assert.Equal(FfaStatus.InvalidParameters, Retrieve(_sp1, _nw, gift, FfaAccess.NotExecutable));
        MemoryHandle share = Send(FfaFunction.MemShare32, _sp1, _nw.Page(0), _sp2);
        Assert.Equal(FfaStatus.Success, Retrieve(_sp2, _sp1, share, FfaAccess.NotSpecified));
        Assert.True(_world.TryWrite(_sp1, _nw.Page(0), 7));
        Assert.Equal((byte)7, _world.Read(_sp2, _nw.Page(0)));
        Assert.Equal((byte)0, _world.Read(_nw, _nw.Page(0)));
        _world.Relinquish(_sp2, share);
        Assert.Equal(FfaStatus.Success, _world.Reclaim(_sp1, share).Status());
        MemoryHandle second = Send(FfaFunction.MemDonate32, _sp1, _nw.Page(0), _sp2);
        Assert.Equal(FfaStatus.Success, Retrieve(_sp2, _sp1, second, FfaAccess.NotExecutable));
        Assert.Null(_world.Read(_sp1, _nw.Page(0)));
        Assert.Equal((byte)7, _world.Read(_sp2, _nw.Page(0)));
    }

    [Theory]
    [InlineData(FfaFunction.MemShare32)]
    [InlineData(FfaFunction.MemLend32)]
    [InlineData(FfaFunction.MemDonate32)]
    public void Memory_in_a_transaction_is_in_no_other_whoever_tries(uint function)
    {
        MemoryHandle handle = Send(function, _nw, _nw.Page(0), _sp1);
        foreach (uint again in new[] { FfaFunction.MemShare32, FfaFunction.MemLend32, FfaFunction.MemDonate32 })
            Assert.Equal(FfaStatus.Denied, TrySend(again, _nw, _nw.Page(0), _sp2).Status());
        if (function != FfaFunction.MemDonate32)
        {
            Assert.Equal(FfaStatus.Success, Retrieve(_sp1, _nw, handle, function == FfaFunction.MemLend32 ? FfaAccess.NotExecutable : FfaAccess.NotSpecified));
            foreach (uint again in new[] { FfaFunction.MemShare32, FfaFunction.MemLend32, FfaFunction.MemDonate32 })
            {
                Assert.Equal(FfaStatus.Denied, TrySend(again, _sp1, _nw.Page(0), _sp2).Status()); // a borrower is no owner
                Assert.Equal(FfaStatus.Denied, TrySend(again, _nw, _nw.Page(0), _sp2).Status());
            }

            _world.Relinquish(_sp1, handle);
        }

        Assert.Equal(FfaStatus.Success, _world.Reclaim(_nw, handle).Status());
        Assert.Equal(FfaStatus.Success, _world.Reclaim(_nw, Send(FfaFunction.MemLend32, _nw, _nw.Page(0), _sp2)).Status());
    }

    [Theory]
    [InlineData(FfaFunction.MemShare32)]
    [InlineData(FfaFunction.MemLend32)]
    public void Several_receivers_are_all_listed_or_bypassed(uint function)
    {
        FfaReceiver[] both = [new FfaReceiver(_sp1.Id, FfaAccess.ReadWrite), new FfaReceiver(_sp2.Id, FfaAccess.ReadOnly)];
        MemoryHandle handle = SpmcWorld.HandleOf(_world.Send(_nw, function, [SpmcWorld.RangeOf(_nw.Page(0))], both));
        FfaReceiver[] listed = [new FfaReceiver(_sp1.Id, FfaAccess.ReadWrite), new FfaReceiver(_sp2.Id, FfaAccess.ReadOnly)];

        Assert.Equal(FfaStatus.InvalidParameters, Retrieve(_sp1, _nw, handle, FfaAccess.ReadWrite));
        Assert.Equal(FfaStatus.Success, _world.Retrieve(_sp1, _nw.Id, handle, listed).Status());
        _world.Call(_sp1, FfaFunction.RxRelease);
        Assert.Equal(FfaStatus.Success, _world.Retrieve(_sp2, _nw.Id, handle, [listed[1]], FfaMemoryFlags.BypassBorrowers).Status());
        Assert.Equal(FfaStatus.InvalidParameters, _world.Retrieve(_sp1, _nw.Id, handle, listed, FfaMemoryFlags.BypassBorrowers).Status());

        Assert.True(_world.TryWrite(_sp1, _nw.Page(0), 9));
        Assert.False(_world.TryWrite(_sp2, _nw.Page(0), 9));
        Assert.Equal((byte)9, _world.Read(_sp2, _nw.Page(0)));
        Assert.Equal((byte)(function == FfaFunction.MemShare32 ? 9 : 0), _world.Read(_nw, _nw.Page(0)));
        Assert.Null(_world.Read(_world.Echo[2], _nw.Page(0)));
    }

    [Fact]
    public void Implementation_defined_words_must_be_repeated()
    {
        FfaReceiver offered = new(_sp1.Id, FfaAccess.ReadWrite, 0x1122, 0x3344);
        MemoryHandle handle = SpmcWorld.HandleOf(_world.Send(_nw, FfaFunction.MemShare32, [SpmcWorld.RangeOf(_nw.Page(0))], [offered]));

        Assert.Equal(FfaStatus.InvalidParameters, Retrieve(_sp1, _nw, handle, FfaAccess.NotSpecified));
        Assert.Equal(FfaStatus.InvalidParameters, _world.Retrieve(_sp1, _nw.Id, handle, [offered with { Access = FfaAccess.NotSpecified, ImpDefHigh = 0 }]).Status());
        Assert.Equal(FfaStatus.Success, _world.Retrieve(_sp1, _nw.Id, handle, [offered with { Access = FfaAccess.NotSpecified }]).Status());
    }

    [Fact]
    public void Memory_may_be_retrieved_often_and_must_be_relinquished_as_often()
    {
        MemoryHandle handle = Send(FfaFunction.MemShare32, _nw, _nw.Page(0), _sp1);
        for (int i = 0; i < 255; i++)
            Assert.Equal(FfaStatus.Success, Retrieve(_sp1, _nw, handle, FfaAccess.NotSpecified));
        Assert.Equal(FfaStatus.NoMemory, Retrieve(_sp1, _nw, handle, FfaAccess.NotSpecified)); // as many as FFA_FEATURES says

        for (int i = 0; i < 255; i++)
        {
            Assert.Equal(FfaStatus.Denied, _world.Reclaim(_nw, handle).Status());
            Assert.NotNull(_world.Read(_sp1, _nw.Page(0)));
            Assert.Equal(FfaStatus.Success, _world.Relinquish(_sp1, handle).Status());
        }

        Assert.Null(_world.Read(_sp1, _nw.Page(0)));
        Assert.Equal(FfaStatus.Success, _world.Reclaim(_nw, handle).Status());
    }

    [Fact]
    public void Zero_flags_zero()
    {
        foreach (SpmcWorld.Actor sender in new[] { _nw, _sp2 })
        {
            PhysicalAddress page = sender.Page(1);
            _world.TryWrite(sender, page, 0x55);
            MemoryHandle kept = Send(FfaFunction.MemLend32, sender, page, _sp1);
            Retrieve(_sp1, sender, kept, FfaAccess.NotExecutable);
            Assert.Equal((byte)0x55, _world.Read(_sp1, page));
            Assert.Equal(FfaStatus.Success, _world.Relinquish(_sp1, kept, FfaMemoryFlags.Zero).Status());
            Retrieve(_sp1, sender, kept, FfaAccess.NotExecutable);
            Assert.Equal((byte)0, _world.Read(_sp1, page));
            _world.Relinquish(_sp1, kept);
            Assert.Equal(FfaStatus.Success, _world.Reclaim(sender, kept, FfaMemoryFlags.Zero).Status());

            _world.TryWrite(sender, page, 0x66);
            MemoryHandle zeroed = Send(FfaFunction.MemLend32, sender, page, _sp1, FfaMemoryFlags.Zero);
            SmcFrame retrieved = _world.Retrieve(_sp1, sender.Id, zeroed, [new FfaReceiver(_sp1.Id, FfaAccess.NotExecutable)], FfaMemoryFlags.Zero | FfaMemoryFlags.ZeroAfterRelinquish);
            Assert.Equal(FfaFunction.MemRetrieveResp, retrieved.A0);
            _world.Call(_sp1, FfaFunction.RxRelease);
            Assert.Equal((byte)0, _world.Read(_sp1, page));
            _world.TryWrite(_sp1, page, 0x77);
            _world.Relinquish(_sp1, zeroed);
            _world.Reclaim(sender, zeroed);
            Assert.Equal((byte)0, _world.Read(sender, page));
        }
    }

    [Fact]
    public void Between_partitions_what_a_borrower_wrote_comes_back_unless_zeroing_was_asked_for()
    {
        MemoryHandle handle = Send(FfaFunction.MemLend32, _sp1, _sp1.Page(1), _sp2);
        Retrieve(_sp2, _sp1, handle, FfaAccess.NotExecutable);
        Assert.Null(_world.Read(_sp1, _sp1.Page(1)));
        _world.TryWrite(_sp2, _sp1.Page(1), 0x21);
        _world.Relinquish(_sp2, handle);

        Assert.Equal(FfaStatus.Success, _world.Reclaim(_sp1, handle).Status());
        Assert.Equal((byte)0x21, _world.Read(_sp1, _sp1.Page(1)));
        Assert.Null(_world.Read(_sp2, _sp1.Page(1)));
    }

    [Fact]
    public void A_partition_cannot_give_memory_to_the_normal_world()
    {
        foreach (uint function in new[] { FfaFunction.MemShare32, FfaFunction.MemLend32, FfaFunction.MemDonate32 })
            Assert.Equal(FfaStatus.Denied, TrySend(function, _sp1, _sp1.Page(0), _nw).Status());
    }

    private SmcFrame TrySend(uint function, SpmcWorld.Actor sender, PhysicalAddress page, SpmcWorld.Actor receiver, FfaMemoryFlags flags = FfaMemoryFlags.None)
    {
        FfaAccess access = function == FfaFunction.MemDonate32 ? FfaAccess.NotSpecified : FfaAccess.ReadWrite;
        return _world.Send(sender, function, [SpmcWorld.RangeOf(page)], [new FfaReceiver(receiver.Id, access)], flags);
    }

    private MemoryHandle Send(uint function, SpmcWorld.Actor sender, PhysicalAddress page, SpmcWorld.Actor receiver, FfaMemoryFlags flags = FfaMemoryFlags.None)
    {
        SmcFrame frame = TrySend(function, sender, page, receiver, flags);
        Assert.Equal(FfaStatus.Success, frame.Status());
        return SpmcWorld.HandleOf(frame);
    }

    private FfaStatus Retrieve(SpmcWorld.Actor receiver, SpmcWorld.Actor sender, MemoryHandle handle, FfaAccess access)
    {
        FfaStatus status = _world.Retrieve(receiver, sender.Id, handle, [new FfaReceiver(receiver.Id, access)]).Status();
        _world.Call(receiver, FfaFunction.RxRelease);
        return status;
    }
}
