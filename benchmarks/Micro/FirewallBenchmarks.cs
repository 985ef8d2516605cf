using BenchmarkDotNet.Attributes;
using RestrictedTee.SecureWorld.Devices;
using RestrictedTee.SecureWorld.Firewall;
using RestrictedTee.SecureWorld.Kernel.Memory;
using RestrictedTee.SecureWorld.MemorySharing;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Benchmarks;

/// <summary>What the firewall adds to a burst of a device: a grant of four bytes of a buffer that it has mapped, and its end.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class FirewallBenchmarks
{
    private RestrictedMemory _memory = null!;
    private BusPort _port = null!;
    private BusAddress _read;
    private BusAddress _written;

    /// <summary>Sets up the firewall of the default board, with a buffer that the decoder has mapped.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var firewall = new FirewallRules(BoardFile.Default);
        _memory = new RestrictedMemory(BoardFile.Default, SecretMemoryChoice.Off, new MemoryObjectTable());
        RestrictedBuffer buffer = _memory.Allocate(_memory.PoolOf(UseCase.SecureVideoPlay)!, 8192)!;
        BusMaster decoder = BusMaster.Device(BusMasterNames.VideoDecoder);
        _port = new BusPort(decoder, firewall, new MemoryRelayer(new NormalRamMap(), SecretMemoryChoice.Off), _memory);
        _read = Map(firewall, decoder, buffer, AccessRights.Read);
        _written = Map(firewall, decoder, buffer, AccessRights.Write);
    }

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public void Cleanup() => _memory.Dispose();

    /// <summary>A burst that reads.</summary>
    [Benchmark]
    public int Read()
    {
        _port.TryOpen(_read, sizeof(int), AccessRights.Read, out BusWindow window);
        using (window)
            return window.Bytes.Length;
    }

    /// <summary>A burst that writes, of which the job takes note.</summary>
    [Benchmark]
    public int Write()
    {
        _port.TryOpen(_written, sizeof(int), AccessRights.Write, out BusWindow window);
        using (window)
            return window.Bytes.Length;
    }

    private static BusAddress Map(FirewallRules firewall, BusMaster device, RestrictedBuffer buffer, AccessRights rights) =>
        new DeviceAccess(firewall).Map(device.Id, buffer, rights, out ulong handle) == DeviceAccessOutcome.Done
            ? BusAddress.Mapped(handle)
            : throw new InvalidOperationException("There is no mapping.");
}
