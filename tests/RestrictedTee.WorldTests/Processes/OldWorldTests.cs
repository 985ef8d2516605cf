using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Launch;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;

namespace RestrictedTee.WorldTests.Processes;

/// <summary>What a client still has of a secure world that was started again means nothing to the new one.</summary>
public sealed class OldWorldTests
{
    private const string Heap = "protected,secure-video";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public void Devices_and_buffers_of_a_secure_world_that_was_started_again_are_enodev_and_reach_nothing_of_the_new_one()
    {
        using TeeEnvironment environment = TeeEnvironment.Launch();
        BoardPeripherals gone = environment.Peripherals;
        using TeeContext before = environment.OpenContext();
        using DmaBufHandle secret = before.AllocateRestricted(Heap, 4096), plain = before.AllocateRestricted("system", 4096);
        using DmaBufAttachment attached = plain.Attach(gone.CryptoEngine.Device);
        plain.Map().Fill(0x5A);
        DmaJob job = gone.CryptoEngine.Submit(Copy(plain, secret));

        environment.Restart();

        Assert.True(job.Fence.Wait(Long) && job.Fence.Error is null or Errno.ENODEV);
        Refuses(() => _ = gone.Display.Frames);
        Refuses(() => gone.Touch.Press(new Touch(1, 1, true)));
        Refuses(() => gone.Cpu.Load(0x4000_0000, new byte[8]));
        Refuses(() => gone.CryptoEngine.Submit(Copy(plain, secret)));
        Refuses(() => attached.Map(DmaDirection.ToDevice));
        using TeeContext after = environment.OpenContext();
        using DmaBufHandle fresh = after.AllocateRestricted("system", 4096);
        fresh.Map().Fill(0x11);
        Refuses(() => environment.Peripherals.CryptoEngine.Submit(Copy(fresh, plain)));
        Refuses(() => environment.Peripherals.CryptoEngine.Submit(Copy(plain, fresh)));
        Refuses(() => environment.Peripherals.CryptoEngine.Submit(Copy(fresh, secret)));
        Assert.Equal(TeecResult.BadParameters, Assert.Throws<TeecException>(() => after.RegisterSharedMemory(secret)).Result);
        Assert.False(fresh.Map().ContainsAnyExcept((byte)0x11));
        using DmaBufHandle target = after.AllocateRestricted(Heap, 4096);
        environment.Peripherals.CryptoEngine.Submit(Copy(fresh, target)).Wait(Long);
    }

    private static void Refuses(Action use) => Assert.Equal(Errno.ENODEV, Assert.Throws<TeeDriverException>(use).Errno);

    private static CryptoJob Copy(DmaBufHandle from, DmaBufHandle to) => new(CryptoOperation.Copy, new DmaRegion(from), new DmaRegion(to), 4096);
}
