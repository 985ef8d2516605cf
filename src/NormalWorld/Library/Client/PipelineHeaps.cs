using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Client;

/// <summary>Which of the heaps of a machine the devices of a pipeline share, from what the heaps tell of themselves.</summary>
internal static class PipelineHeaps
{
    /// <summary>Those on whose buffers each of the devices can work; all, for no device.</summary>
    /// <exception cref="TeeDriverException">ENODEV: the board has no device of such a name.</exception>
    internal static IReadOnlyList<HeapInfo> SharedBy(IReadOnlyList<HeapInfo> heaps, IReadOnlyList<string> devices)
    {
        string[] known = Known(heaps);
        foreach (string device in devices.Where(device => !known.Contains(device)))
            throw new TeeDriverException(Errno.ENODEV, $"The board has no device '{device}'; it has {(known.Length == 0 ? "none" : string.Join(", ", known))}.");
        return [.. heaps.Where(heap => !FindProblems(heap, devices).Any())];
    }

    /// <summary>Why a heap is not one of them, a reason for each device that it is not for.</summary>
    internal static IEnumerable<string> FindProblems(HeapInfo heap, IReadOnlyList<string> devices) =>
        heap.Devices.Where(device => devices.Contains(device.Name)).Select(device => device.Problem).OfType<string>();

    /// <summary>The names in a list with commas. A vendor's own name has a comma too (acme,audio-dsp): two parts that are the name of a device are one.</summary>
    internal static IReadOnlyList<string> DevicesIn(string list, IReadOnlyList<HeapInfo> heaps)
    {
        string[] known = Known(heaps);
        string[] parts = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var names = new List<string>();
        for (int i = 0; i < parts.Length; i++)
        {
            string? vendors = i + 1 < parts.Length ? $"{parts[i]},{parts[i + 1]}" : null;
            bool isVendors = known.Contains(vendors);
            names.Add(isVendors ? vendors! : parts[i]);
            i += isVendors ? 1 : 0;
        }

        return names;
    }

    private static string[] Known(IReadOnlyList<HeapInfo> heaps) => [.. heaps.SelectMany(heap => heap.Devices).Select(device => device.Name).Distinct()];
}
