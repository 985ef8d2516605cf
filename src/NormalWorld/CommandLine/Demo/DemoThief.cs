using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.DmaBuf.Devices;
using RestrictedTee.NormalWorld.Peripherals;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;

namespace RestrictedTee.CommandLine.Demo;

/// <summary>What the normal world, which owns the driver and every register, tries in order to see the picture.</summary>
internal sealed class DemoThief(TeeContext tee, BoardPeripherals devices, BoardFile board)
{
    private const int Probe = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal DemoTry MapIt(DmaBufHandle buffer) => Try("map it into this process", () => _ = buffer.Map().Length);

    internal DemoTry SyncIt(DmaBufHandle buffer) => Try("begin a CPU access to it", () => buffer.BeginCpuAccess(DmaDirection.FromDevice, TimeSpan.Zero));

    /// <summary>The one that dumps whatever it may read.</summary>
    internal DemoTry AskTheDumper(DmaBufHandle buffer)
    {
        TeecResult result = Dump(buffer, new byte[Probe], out TeecOrigin origin);
        return new DemoTry("ask a TA that dumps what it reads", $"{result} from {origin}", result == TeecResult.Success);
    }

    /// <summary>By a device that may read it, where the board has that.</summary>
    internal IEnumerable<DemoTry> CopyItOut(DmaBufHandle buffer)
    {
        if (!devices.Has(BusMasterNames.CryptoEngine))
            yield break;
        using DmaBufHandle loot = tee.AllocateRestricted("system", Probe);
        yield return Try("have the crypto engine copy it out", () => devices.CryptoEngine.Submit(
            new CryptoJob(CryptoOperation.Copy, new DmaRegion(buffer), new DmaRegion(loot), Probe)).Wait(Patience));
    }

    /// <summary>Loads by physical address: the driver knows where a pool lies, if it lies anywhere for good.</summary>
    internal IEnumerable<DemoTry> LoadPool() => board.Pools
        .Where(pool => pool is { IsDynamic: false } && pool.UseCase == UseCase.SecureVideoPlay)
        .Select(pool => Try($"load from 0x{pool.Base:x8}, where the pool is", () => devices.Cpu.Load(pool.Base, new byte[Probe])));

    internal DemoTry ReadCheckSum()
    {
        uint? sum = devices.Display.Crc;
        return new DemoTry("read the frame's check sum", sum is null ? "not there" : $"0x{sum:x8}", sum is not null);
    }

    /// <summary>By a device that may not, where the board has that: one that is not there refuses nothing.</summary>
    internal IEnumerable<DemoTry> RecordIt(DmaBufHandle buffer) =>
        devices.Has(BusMasterNames.Camera) ? [Try("let the camera's driver have it", () => buffer.Attach(devices.Camera.Device).Dispose())] : [];

    internal DemoTry LookAtTheNext(DmaBufHandle buffer)
    {
        byte[] found = new byte[Probe];
        TeecResult result = Dump(buffer, found, out _);
        bool isEmpty = !found.AsSpan().ContainsAnyExcept((byte)0);
        return new DemoTry("find the picture in the next buffer", result == TeecResult.Success && isEmpty ? $"{Probe} zeros" : $"{result}", GotIn: !isEmpty);
    }

    private TeecResult Dump(DmaBufHandle buffer, byte[] loot, out TeecOrigin origin)
    {
        using TeeSession dumper = tee.OpenSession(SdpBasic.Uuid);
        using SharedMemory memory = tee.RegisterSharedMemory(buffer);
        return dumper.TryInvoke(SdpBasic.CommandDump, new Operation(Parameter.Partial(memory, Direction.Input, 0, loot.Length), Parameter.TempOutput(loot)), out origin);
    }

    private static DemoTry Try(string what, Action attempt)
    {
        try
        {
            attempt();
            return new DemoTry(what, "done", GotIn: true);
        }
        catch (TeeDriverException e)
        {
            return new DemoTry(what, e.Errno.ToString(), GotIn: false);
        }
    }
}
