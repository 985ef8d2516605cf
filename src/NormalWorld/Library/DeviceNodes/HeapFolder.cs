using Microsoft.Win32.SafeHandles;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.NormalWorld.DeviceNodes;

/// <summary>What a client that opens /dev/dma_heap has: a folder with the names of the heaps, for it to list. Made when first asked for.</summary>
internal sealed class HeapFolder(IEnumerable<string> heaps) : IDisposable
{
    private readonly Lazy<DirectoryInfo> _folder = new(() => Create(heaps), LazyThreadSafetyMode.PublicationOnly);

    /// <exception cref="IOException">It cannot be made.</exception>
    internal SafeFileHandle Open() => OpenFolder.OpenHandle(_folder.Value.FullName);

    /// <summary>The path that is meant by one in it, which is where a client's descriptor of the folder leads.</summary>
    internal string Translate(string path) =>
        _folder.IsValueCreated && path.StartsWith(_folder.Value.FullName, StringComparison.Ordinal)
            ? new DeviceNode(DeviceKind.HeapFolder) + path[_folder.Value.FullName.Length..]
            : path;

    public void Dispose()
    {
        try
        {
            if (_folder.IsValueCreated)
                _folder.Value.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody has put more into it, which is theirs.
        }
    }

    private static DirectoryInfo Create(IEnumerable<string> heaps)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rtee-heaps-");
        foreach (string heap in heaps)
            File.WriteAllBytes(Path.Combine(folder.FullName, heap), []);
        return folder;
    }
}
