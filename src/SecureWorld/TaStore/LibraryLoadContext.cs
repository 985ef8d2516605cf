using System.Reflection;
using System.Runtime.Loader;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>
/// The load context of one library in one instance: the library alone is loaded here, so its statics are that instance's; everything that it
/// refers to is the TA's. It is unloaded when nobody refers to it any more, which is when the instance has gone.
/// </summary>
internal sealed class LibraryLoadContext : AssemblyLoadContext
{
    /// <summary>What the runtime takes for a small one, in bytes (40 KiB were measured).</summary>
    private const long Overhead = 64 << 10;

    private readonly long _size;
    private readonly object _share; // of what libraries may take; it goes with this

    /// <summary>What the libraries of all instances may take together: a client may have thousands of instances, and each has its own.</summary>
    internal static KeptBytes OfAllInstances { get; } = new(64 << 20);

    /// <param name="ta">The context of the TA that it stands on.</param>
    /// <param name="library">The library's name.</param>
    /// <param name="size">Its bytes, which lie outside of the heap: the collector must know, or instances that come and go fill the memory before it looks.</param>
    /// <param name="all">Of what it takes its share.</param>
    internal LibraryLoadContext(TaLoadContext ta, string library, long size, KeptBytes all)
        : base($"{ta.Name} {library}", isCollectible: true)
    {
        (Ta, _size) = (ta, Overhead + size);
        GC.AddMemoryPressure(_size); // taken back by the finalizer, though the next line may throw
        _share = all.Take(_size);
    }

    ~LibraryLoadContext() => GC.RemoveMemoryPressure(_size);

    /// <summary>Whose library it is.</summary>
    internal TaLoadContext Ta { get; }

    protected override Assembly? Load(AssemblyName assemblyName) => Ta.LoadFromAssemblyName(assemblyName);
}
