using BenchmarkDotNet.Attributes;
using RestrictedTee.SecureWorld.Boot;
using RestrictedTee.SecureWorld.Kernel.Threads;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.NormalRam;

namespace RestrictedTee.Benchmarks;

/// <summary>The secure world's share of a call, without conduits: what is left when waiting costs nothing.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class FastCallBenchmarks
{
    private readonly TeeThread _thread = new(InMemoryConduit.CreatePair().Item2, number: 0, isFastOnly: false);
    private TrustedOs _os = null!;

    [GlobalSetup]
    public void Setup()
    {
        var ram = new NormalRamMap();
        ram.TryPlug(RamBank.Create(BoardFile.Default.NormalRam.Range, "benchmark ram"));
        _os = new TrustedOs(new TrustedOsOptions { SecretMemory = SecretMemoryChoice.Off }, ram);
    }

    [GlobalCleanup]
    public void Cleanup() => _os.Dispose();

    [Benchmark]
    public uint GetThreadCount()
    {
        SmcFrame frame = default;
        frame.A0 = OpteeSmc.GetThreadCount;
        _os.Dispatcher.Handle(ref frame, _thread);
        return frame.A1;
    }

    [Benchmark]
    public uint UnknownFunction()
    {
        SmcFrame frame = default;
        frame.A0 = OpteeSmc.FastCallBit | 0x1234;
        _os.Dispatcher.Handle(ref frame, _thread);
        return frame.A0;
    }
}

/// <summary>The allocator behind every restricted buffer.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class RangeAllocatorBenchmarks
{
    private readonly RangeAllocator _allocator = new(64 << 20, 4096);

    [Params(1, 64)]
    public int Live { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // Every other block is free, so that first fit has something to pass over.
        int[] blocks = [.. Enumerable.Range(0, Live * 2).Select(_ => _allocator.Allocate(4096))];
        for (int i = 0; i < blocks.Length; i += 2)
            _allocator.Free(blocks[i], 4096);
    }

    [Benchmark]
    public int AllocateAndFree()
    {
        int offset = _allocator.Allocate(64 << 10);
        _allocator.Free(offset, 64 << 10);
        return offset;
    }
}
