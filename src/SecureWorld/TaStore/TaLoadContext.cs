using System.Reflection;
using System.Runtime.Loader;
using RestrictedTee.Sdk;
using RestrictedTee.SmcTransport.TaImages;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>
/// The load context of one trusted application: its own assemblies come from its image or folder, the SDK and the framework
/// from the secure world. So two TAs may bring different versions of a library, and do not share statics.
/// </summary>
internal sealed class TaLoadContext : AssemblyLoadContext
{
    private readonly Dictionary<string, TaImageFile> _files;
    private readonly string? _folder;

    private TaLoadContext(string name, Dictionary<string, TaImageFile> files, string? folder)
        : base(name, isCollectible: false)
    {
        _files = files;
        _folder = folder;
    }

    /// <summary>Loads from an image that is in memory.</summary>
    internal static Assembly LoadImage(string name, IReadOnlyList<TaImageFile> files)
    {
        var context = new TaLoadContext(name, files.ToDictionary(file => file.Name, StringComparer.OrdinalIgnoreCase), folder: null);
        return context.LoadFile(files[0]);
    }

    /// <summary>Loads from a file, which keeps precompiled code usable.</summary>
    internal static Assembly LoadFrom(string name, string path)
    {
        var context = new TaLoadContext(name, [], Path.GetDirectoryName(path));
        return context.LoadFromAssemblyPath(path);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == typeof(TrustedApp).Assembly.GetName().Name)
            return typeof(TrustedApp).Assembly;
        if (_files.TryGetValue(assemblyName.Name + ".dll", out TaImageFile? file))
            return LoadFile(file);
        if (_folder is null)
            return null;
        string path = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    private Assembly LoadFile(TaImageFile file)
    {
        _files.TryGetValue(Path.ChangeExtension(file.Name, ".pdb"), out TaImageFile? symbols);
        return LoadFromStream(new MemoryStream(file.Content), symbols is null ? null : new MemoryStream(symbols.Content));
    }
}
