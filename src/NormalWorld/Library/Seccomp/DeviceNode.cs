using RestrictedTee.NormalWorld.Heaps;

namespace RestrictedTee.NormalWorld.Seccomp;

/// <summary>What kind of device a name stands for.</summary>
internal enum DeviceKind
{
    /// <summary>/dev/tee0.</summary>
    Tee,

    /// <summary>/dev/teepriv0.</summary>
    Supplicant,

    /// <summary>/dev/dma_heap/NAME.</summary>
    Heap,

    /// <summary>The debug file of the FF-A test driver; where the worlds talk by FF-A.</summary>
    FfaTestDriver,

    /// <summary>The version of its module, which is ordinary text.</summary>
    FfaTestDriverVersion,
}

/// <summary>A device by its name.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Heap">The heap's name; empty for none.</param>
internal readonly record struct DeviceNode(DeviceKind Kind, string Heap = "")
{
    private const string HeapFolder = "/dev/dma_heap/";

    /// <summary>The device that an absolute path names; null when it names none that is served here.</summary>
    internal static DeviceNode? Find(string path, HeapDirectory heaps) => path switch
    {
        "/dev/tee0" => new DeviceNode(DeviceKind.Tee),
        "/dev/teepriv0" => new DeviceNode(DeviceKind.Supplicant),
        _ when path.StartsWith(HeapFolder, StringComparison.Ordinal) && heaps.All.Any(heap => heap.Name == path[HeapFolder.Length..]) => new DeviceNode(DeviceKind.Heap, path[HeapFolder.Length..]),
        _ => null,
    };
}
