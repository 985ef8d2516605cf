using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>What kind of device a name stands for.</summary>
internal enum DeviceKind
{
    /// <summary>/dev/tee0.</summary>
    Tee,

    /// <summary>/dev/teepriv0.</summary>
    Supplicant,

    /// <summary>/dev/dma_heap/NAME.</summary>
    Heap,

    /// <summary>/dev/dma_heap.</summary>
    HeapFolder,

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
    private const string HeapFolderName = "/dev/dma_heap";
    private const string HeapFolder = HeapFolderName + "/";

    /// <summary>The device that an absolute path names; null when it names none that is served here.</summary>
    internal static DeviceNode? Find(string path, IEnumerable<string> heaps) => path switch
    {
        "/dev/tee0" => new DeviceNode(DeviceKind.Tee),
        "/dev/teepriv0" => new DeviceNode(DeviceKind.Supplicant),
        HeapFolderName => new DeviceNode(DeviceKind.HeapFolder),
        _ when path.StartsWith(HeapFolder, StringComparison.Ordinal) && heaps.Contains(path[HeapFolder.Length..]) => new DeviceNode(DeviceKind.Heap, path[HeapFolder.Length..]),
        _ => null,
    };

    /// <summary>The path that a client knows it by.</summary>
    public override string ToString() => Kind switch
    {
        DeviceKind.Tee => "/dev/tee0",
        DeviceKind.Supplicant => "/dev/teepriv0",
        DeviceKind.Heap => HeapFolder + Heap,
        DeviceKind.HeapFolder => HeapFolderName,
        _ => FfaTestDriver.DebugFile,
    };

    /// <summary>The request that one means: a heap goes by the number alone, and takes a structure that is older and shorter, or newer and longer (dma_heap_ioctl).</summary>
    internal uint Meant(uint request) => Kind == DeviceKind.Heap && (request & 0xFF) == (TeeIoctl.DmaHeapAlloc & 0xFF) ? TeeIoctl.DmaHeapAlloc : request;

    /// <summary>What the argument of one of its requests looks like.</summary>
    /// <exception cref="TeeDriverException">It has no such request: the errno that Linux gives.</exception>
    internal RequestShape ShapeOf(uint request) => Kind switch
    {
        DeviceKind.Heap => IoctlTables.Heap.Find(request)?.Shape ?? throw Unknown(request, Errno.EINVAL), // dma_heap_ioctl
        DeviceKind.FfaTestDriver => FfaUserIoctls.Table.Find(request)?.Shape ?? throw Unknown(request, Errno.EINVAL),
        _ => IoctlTables.Tee.Find(request)?.Shape ?? throw Unknown(request, Errno.EINVAL), // tee_ioctl
    };

    private static TeeDriverException Unknown(uint request, Errno errno) => new(errno, $"Request 0x{request:x8} is none of this device.");
}
