using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.DmaBuf.Fences;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.DmaBuf;

/// <summary>Readers wait for the writer, a writer for its readers, and nobody for ever.</summary>
public sealed class FenceTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_reader_waits_for_the_writer_and_a_writer_for_the_readers_before_it()
    {
        var reservation = new DmaReservation();
        DmaFence decode = new("decoder", Long), scanout = new("display", Long), transform = new("transform", Long), again = new("decoder", Long);

        Assert.Empty(reservation.AddWriter(decode));
        Assert.Equal([decode], reservation.AddReader(scanout));
        Assert.Equal([decode], reservation.AddReader(transform));
        Assert.Equal([decode, scanout, transform], reservation.AddWriter(again));
        Assert.Equal([decode, again], reservation.AddReader(new DmaFence("display", Long)));
        decode.Signal();
        again.Signal();
        reservation.AddReader(new DmaFence("display", Long));
        Assert.Equal([again], reservation.AddReader(new DmaFence("display", Long)));
    }

    [Fact]
    public void Who_waits_goes_on_when_the_work_has_ended()
    {
        var reservation = new DmaReservation();
        var decode = new DmaFence("decoder", Long);
        reservation.AddWriter(decode);
        using var waits = new ManualResetEventSlim();
        var reader = new Thread(() =>
        {
            waits.Set();
            reservation.Wait(asWriter: false, Long);
        });
        reader.Start();
        Assert.True(waits.Wait(Long));

        decode.Signal();

        Assert.True(reader.Join(Long));
        Assert.False(reservation.IsBusy);
    }

    [Fact]
    public void A_fence_that_is_never_signalled_is_an_error_by_its_deadline_to_all_who_wait()
    {
        var reservation = new DmaReservation();
        reservation.AddWriter(new DmaFence("dead decoder", TimeSpan.FromMilliseconds(20)));

        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => reservation.Wait(asWriter: false, Long)).Errno);
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => reservation.Wait(asWriter: true, Long)).Errno);

        reservation.AddWriter(new DmaFence("decoder", Long)); // which knows of the failure; what it writes is good
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => reservation.Wait(asWriter: false, TimeSpan.Zero)).Errno);
    }

    [Fact]
    public void A_reader_that_ran_out_of_time_is_waited_for_by_the_next_writer_though_others_read_after_it()
    {
        var reservation = new DmaReservation();
        var dead = new DmaFence("dead display", TimeSpan.Zero);
        reservation.AddReader(dead);
        var later = new DmaFence("display", Long);
        reservation.AddReader(later);
        later.Signal();

        IReadOnlyList<DmaFence> before = reservation.AddWriter(new DmaFence("decoder", Long));

        Assert.Equal([dead, later], before);
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => DmaReservation.WaitAll(before, Long, asWriter: true)).Errno);
    }

    [Fact]
    public void What_a_writer_failed_with_is_a_readers_error_and_no_later_writers()
    {
        var reservation = new DmaReservation();
        var decode = new DmaFence("decoder", Long);
        reservation.AddWriter(decode);

        decode.Fail(Errno.EIO);
        decode.Signal(); // too late

        Assert.Equal(Errno.EIO, Assert.Throws<TeeDriverException>(() => reservation.Wait(asWriter: false, Long)).Errno);
        reservation.Wait(asWriter: true, Long);
    }

    [Fact]
    public void The_cpu_waits_for_devices_before_it_reads_or_writes()
    {
        using var exports = new DmaBufExports();
        using DmaBufHandle buffer = new TestMemory { Restriction = Restriction.None, UseCase = default }.ToHandle(exports);
        var scanout = new DmaFence("display", Long);
        buffer.Fences.AddReader(scanout);

        buffer.BeginCpuAccess(DmaDirection.FromDevice, TimeSpan.Zero); // reading beside a reader
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => buffer.BeginCpuAccess(DmaDirection.ToDevice, TimeSpan.Zero)).Errno);
        scanout.Signal();
        buffer.BeginCpuAccess(DmaDirection.ToDevice, TimeSpan.Zero);

        Assert.Equal(0x2000, buffer.Map().Length);
    }

    [Fact]
    public void A_fence_that_is_signalled_too_late_frees_the_buffer_for_the_next_writer()
    {
        var reservation = new DmaReservation();
        var late = new DmaFence("slow decoder", TimeSpan.Zero);
        reservation.AddWriter(late);
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => reservation.Wait(asWriter: true, Long)).Errno);

        late.Signal();

        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => reservation.Wait(asWriter: false, Long)).Errno);
        var next = new DmaFence("decoder", Long);
        DmaReservation.WaitAll(reservation.AddWriter(next), Long, asWriter: true);
        next.Signal();
        reservation.Wait(asWriter: false, Long);
    }

    [Fact]
    public void Work_that_is_withdrawn_lets_nobody_pass_whom_it_waited_for()
    {
        var reservation = new DmaReservation();
        DmaFence decode = new("decoder", Long), refused = new("refused", Long);
        reservation.AddWriter(decode);
        reservation.AddWriter(refused);
        IReadOnlyList<DmaFence> before = reservation.AddReader(new DmaFence("display", Long));

        reservation.Withdraw(refused);
        refused.Withdraw();

        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => DmaReservation.WaitAll(before, TimeSpan.Zero, asWriter: false)).Errno);
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<TeeDriverException>(() => reservation.Wait(asWriter: false, TimeSpan.Zero)).Errno);
        decode.Fail(Errno.EIO);
        Assert.Equal(Errno.EIO, Assert.Throws<TeeDriverException>(() => DmaReservation.WaitAll(before, Long, asWriter: false)).Errno);
        Assert.Equal(Errno.EIO, Assert.Throws<TeeDriverException>(() => reservation.Wait(asWriter: false, Long)).Errno);
    }

    [Fact]
    public void A_patience_without_end_is_as_good_as_a_long_one()
    {
        var fence = new DmaFence("decoder", TimeSpan.MaxValue);
        var waiter = new Thread(() => fence.Wait(TimeSpan.MaxValue));
        waiter.Start();
        Assert.True(SpinWait.SpinUntil(() => waiter.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Long));

        fence.Signal();

        Assert.True(waiter.Join(Long));
    }

    [Fact]
    public void Two_jobs_that_cross_on_two_buffers_do_not_wait_for_each_other()
    {
        using var exports = new DmaBufExports();
        using DmaBufHandle left = new TestMemory().ToHandle(exports), right = new TestMemory().ToHandle(exports);
        DmaDevice device = TestMemory.Device("transform", DmaAccess.ReadWrite);
        DmaFence decode = new("decoder", Long), forth = new("forth", Long), back = new("back", Long);
        left.Fences.AddWriter(decode);
        Thread first = Job(forth, (left, DmaDirection.ToDevice), (right, DmaDirection.FromDevice));
        Thread second = Job(back, (right, DmaDirection.ToDevice), (left, DmaDirection.FromDevice));

        decode.Signal();

        Assert.True(first.Join(Long) && second.Join(Long));
        Assert.Equal((null, null), (forth.Error, back.Error));

        Thread Job(DmaFence fence, params (DmaBufHandle, DmaDirection)[] wanted)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    new DmaUses(device, new TestMemory.Importer(), wanted, fence, TimeSpan.FromSeconds(2)).Dispose();
                    fence.Signal();
                }
                catch (TeeDriverException e)
                {
                    fence.Fail(e.Errno);
                }
            });
            thread.Start();
            Assert.True(SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Long), "A job does not wait for the decoder.");
            return thread;
        }
    }
}
