using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.ProtectedMemory;
using RestrictedTee.SmcTransport.NormalRam;
using Serilog;

namespace RestrictedTee.SecureWorld.PseudoTas;

/// <summary>
/// The core's own tests, run inside the running secure world (core/pta/tests/misc.c upstream): arithmetic that must not wrap,
/// division and alignment, and the allocator that stands in for malloc here.
/// </summary>
internal static class CoreSelfTests
{
    private static readonly (string Name, Func<bool> Test)[] Tests =
    [
        ("ranges do not wrap", RangesDoNotWrap),
        ("containment is overflow-proof", ContainmentIsOverflowProof),
        ("the allocator aligns and merges", AllocatorAlignsAndMerges),
        ("the allocator survives random use", AllocatorSurvivesRandomUse),
    ];

    internal static TeeResult Run()
    {
        bool passed = true;
        foreach ((string name, Func<bool> test) in Tests)
        {
            if (test())
                continue;
            passed = false;
            Log.Error("Core self test failed: {Test}", name);
        }

        return passed ? TeeResult.Success : TeeResult.Generic;
    }

    private static bool RangesDoNotWrap() =>
        !PhysicalRange.TryCreate(new PhysicalAddress(ulong.MaxValue), 1, out _)
        && PhysicalRange.TryCreate(new PhysicalAddress(ulong.MaxValue), 0, out _)
        && !PhysicalRange.TryCreate(new PhysicalAddress(1), ulong.MaxValue, out _);

    private static bool ContainmentIsOverflowProof()
    {
        PhysicalRange outer = PhysicalRange.Create(new PhysicalAddress(0x1000), 0x1000);
        PhysicalRange last = PhysicalRange.Create(new PhysicalAddress(0x1fff), 1);
        PhysicalRange over = PhysicalRange.Create(new PhysicalAddress(0x1fff), 2);
        PhysicalRange behind = PhysicalRange.Create(new PhysicalAddress(ulong.MaxValue - 1), 1);
        return outer.Contains(last) && !outer.Contains(over) && !outer.Contains(behind) && outer.Overlaps(over) && !outer.Overlaps(behind);
    }

    private static bool AllocatorAlignsAndMerges()
    {
        var allocator = new RangeAllocator(4 * 4096, 4096);
        int a = allocator.Allocate(1), b = allocator.Allocate(4097), c = allocator.Allocate(4096);
        if ((a, b, c) != (0, 4096, 3 * 4096) || allocator.Allocate(1) != -1)
            return false;
        allocator.Free(b, 4097);
        allocator.Free(a, 1);
        allocator.Free(c, 4096);
        return allocator.LargestFree == allocator.Size;
    }

    private static bool AllocatorSurvivesRandomUse()
    {
        var random = new Random(1001);
        var allocator = new RangeAllocator(256 * 4096, 4096);
        var live = new List<(int Offset, int Size)>();
        for (int i = 0; i < 2000; i++)
        {
            if (live.Count > 0 && random.Next(2) == 0)
            {
                int victim = random.Next(live.Count);
                allocator.Free(live[victim].Offset, live[victim].Size);
                live.RemoveAt(victim);
                continue;
            }

            int size = random.Next(1, 20_000);
            int offset = allocator.Allocate(size);
            if (offset < 0)
                continue;
            if (offset % 4096 != 0 || live.Exists(other => offset < other.Offset + other.Size && other.Offset < offset + size))
                return false;
            live.Add((offset, size));
        }

        live.ForEach(block => allocator.Free(block.Offset, block.Size));
        return allocator.LargestFree == allocator.Size && allocator.FreeBytes == allocator.Size;
    }
}
