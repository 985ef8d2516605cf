using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Tests.Interleaving;

namespace RestrictedTee.Tests.Driver;

/// <summary>What becomes of requests when the supplicant comes and goes.</summary>
public sealed class SupplicantQueueTests
{
    private readonly SupplicantQueue _queue = new();

    [Fact]
    public void What_a_supplicant_was_asked_goes_with_it_and_the_next_one_starts_clean()
    {
        SupplicantQueue.Attachment first = _queue.TryAttach()!;
        TeecResult inHand = default, queued = default, fresh = default;
        ScheduledThread one = ScheduledThread.Run(() => inHand = Ask(1));
        Assert.Equal(1u, first.Receive().Function);
        ScheduledThread two = ScheduledThread.Run(() => queued = Ask(2));

        // The next one is there before those who waited for the first have woken up.
        first.Dispose();
        SupplicantQueue.Attachment next = _queue.TryAttach()!;

        one.Finish();
        two.Finish();
        Assert.Equal((TeecResult.Communication, TeecResult.Communication), (inHand, queued));
        ScheduledThread three = ScheduledThread.Run(() => fresh = Ask(3));
        Assert.Equal(3u, next.Receive().Function);
        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => first.Send(TeecResult.Success, [])).Errno);
        next.Send(TeecResult.ItemNotFound, []);
        three.Finish();
        Assert.Equal(TeecResult.ItemNotFound, fresh);
    }

    [Fact]
    public void A_thread_of_a_supplicant_that_has_gone_takes_nothing_from_the_next_one()
    {
        SupplicantQueue.Attachment first = _queue.TryAttach()!;
        Exception? thrown = null;
        ScheduledThread waiting = ScheduledThread.Run(() => thrown = Record.Exception(() => first.Receive()));

        first.Dispose();
        SupplicantQueue.Attachment next = _queue.TryAttach()!;

        waiting.Finish();
        Assert.Equal(Errno.ENODEV, Assert.IsType<TeeDriverException>(thrown).Errno);
        Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(() => first.Receive()).Errno);
        first.Dispose();
        Assert.Null(_queue.TryAttach());
        next.Dispose();
    }

    [Fact]
    public void An_answer_changes_outputs_and_nothing_else()
    {
        using SupplicantQueue.Attachment supplicant = _queue.TryAttach()!;
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 2;
        message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueInput, A = 1 };
        message.Params[1] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.ValueOutput };
        ScheduledThread asker = ScheduledThread.Run(() => _queue.Request(ref message, _ => null));
        supplicant.Receive();

        supplicant.Send(TeecResult.Success, [new TeeIoctlParam { Attr = 7, A = 9, B = 9 }, new TeeIoctlParam { Attr = 7, A = 5 }]);

        asker.Finish();
        Assert.Equal((1UL, 0UL, 5UL), (message.Params[0].A, message.Params[0].B, message.Params[1].A));
    }

    [Fact]
    public void A_supplicant_that_was_detached_writes_into_no_memory_of_what_it_was_asked()
    {
        using RamBank bank = RamBank.Create(PhysicalRange.Create(new PhysicalAddress(0x4000_0000), 4096), "supplicant");
        var block = new ShmBlock(bank, 0, 16, () => { });
        SupplicantQueue.Attachment supplicant = _queue.TryAttach()!;
        TeecResult result = default;
        ScheduledThread asker = ScheduledThread.Run(() =>
        {
            var message = default(OpteeMessage);
            message.Arg.ParameterCount = 1;
            message.Params[0] = new OpteeMsgParam { Attr = (ulong)OpteeMsgAttr.RmemOutput, A = 8, B = 8 };
            result = _queue.Request(ref message, _ => new RpcMemory(block));
            block.Dispose(); // as the TEE frees what it had allocated for the request
        });
        SupplicantRequest request = supplicant.Receive();
        Assert.True(request.TryWrite(0, [1, 2]));
        Assert.Equal([1, 2], bank.GetSpan(8, 2).ToArray());

        supplicant.Dispose();
        asker.Finish();

        Assert.False(request.TryWrite(0, [3, 4]));
        Assert.Equal([1, 2], bank.GetSpan(8, 2).ToArray());
        Assert.Equal(TeecResult.Communication, result);
    }

    [Fact]
    public void A_supplicant_that_names_requests_answers_them_in_any_order()
    {
        using SupplicantQueue.Attachment supplicant = _queue.TryAttach()!;
        TeecResult first = default, second = default;
        ScheduledThread one = ScheduledThread.Run(() => first = Ask(1));
        SupplicantRequest older = supplicant.Receive(byId: true);
        ScheduledThread two = ScheduledThread.Run(() => second = Ask(2));
        SupplicantRequest newer = supplicant.Receive(byId: true);

        supplicant.Send(TeecResult.ItemNotFound, [], newer.Id);
        two.Finish();
        Assert.Equal(Errno.ENOENT, Assert.Throws<TeeDriverException>(() => supplicant.Send(TeecResult.Success, [], newer.Id)).Errno);
        supplicant.Send(TeecResult.AccessDenied, [], older.Id);
        one.Finish();

        Assert.Equal((TeecResult.AccessDenied, TeecResult.ItemNotFound), (first, second));
    }

    [Fact]
    public void A_request_that_does_not_fit_stays_for_a_larger_room()
    {
        using SupplicantQueue.Attachment supplicant = _queue.TryAttach()!;
        var message = default(OpteeMessage);
        message.Arg.ParameterCount = 2;
        (message.Params[0].Attr, message.Params[1].Attr) = ((ulong)OpteeMsgAttr.ValueInput, (ulong)OpteeMsgAttr.ValueInput);
        ScheduledThread asker = ScheduledThread.Run(() => _queue.Request(ref message, _ => null));

        Assert.Equal(Errno.EINVAL, Assert.Throws<TeeDriverException>(() => supplicant.Receive(room: 1)).Errno);

        Assert.Equal(2, supplicant.Receive(room: 2).Parameters.Length);
        supplicant.Send(TeecResult.Success, new TeeIoctlParam[2]);
        asker.Finish();
    }

    [Fact]
    public void What_is_asked_for_a_client_that_has_gone_is_given_up_before_and_after_it_is_asked()
    {
        var queue = new SupplicantQueue(isExternal: true);
        int thread = 0;
        TeecResult waiting = default, late = default, next = default;
        using var asked = new ManualResetEventSlim();
        var message = default(OpteeMessage);
        ScheduledThread asker = ScheduledThread.Run(() =>
        {
            thread = Environment.CurrentManagedThreadId;
            asked.Set();
            waiting = queue.Request(ref message, _ => null);
            late = queue.Request(ref message, _ => null);
            queue.Ended(thread);
            next = queue.Request(ref message, _ => null);
        });
        asked.Wait();

        queue.Abandon(thread);
        using SupplicantQueue.Attachment supplicant = queue.TryAttach()!;
        supplicant.Receive();
        supplicant.Send(TeecResult.Success, []);
        asker.Finish();

        Assert.Equal((TeecResult.Communication, TeecResult.Communication, TeecResult.Success), (waiting, late, next));
    }

    private TeecResult Ask(uint function)
    {
        var message = default(OpteeMessage);
        message.Arg.Command = function;
        return _queue.Request(ref message, _ => null);
    }
}
