using System.Reflection;
using System.Runtime.Loader;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Calls;
using RestrictedTee.SmcTransport.TaImages;
using Serilog;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>
/// The load context of one trusted application: its own assemblies come from its image or folder, the SDK and the framework
/// from the secure world. So two TAs may bring different versions of a library, and do not share statics.
/// </summary>
internal sealed class TaLoadContext : AssemblyLoadContext
{
    private readonly Dictionary<string, TaImageFile> _files;
    private readonly string? _folder;

    private readonly Guid _uuid;
    private readonly object? _kept; // the share of what images may keep

    private TaLoadContext(Guid uuid, Dictionary<string, TaImageFile> files, string? folder, bool isCollectible, object? kept = null)
        : base(uuid.ToString(), isCollectible)
    {
        _uuid = uuid;
        _files = files;
        _folder = folder;
        _kept = kept;
        Resolving += TellMissing;
    }

    /// <summary>Loads from an image that is in memory. It comes from the normal world, so it can be unloaded again when it turns out to be no TA.</summary>
    /// <param name="uuid">Which TA.</param>
    /// <param name="files">The image's.</param>
    /// <param name="kept">The share of what images may keep that is this one's; it goes with it.</param>
    internal static Assembly LoadImage(Guid uuid, IReadOnlyList<TaImageFile> files, object? kept = null)
    {
        var context = new TaLoadContext(uuid, files.ToDictionary(file => file.Name, StringComparer.OrdinalIgnoreCase), folder: null, isCollectible: true, kept);
        try
        {
            return context.LoadFile(context, files[0]);
        }
        catch
        {
            context.Unload();
            throw;
        }
    }

    /// <summary>Loads from a file, which keeps precompiled code usable.</summary>
    internal static Assembly LoadFrom(Guid uuid, string path)
    {
        var context = new TaLoadContext(uuid, [], Path.GetDirectoryName(path), isCollectible: false);
        return context.LoadFromAssemblyPath(path);
    }

    /// <summary>The TA that an assembly was loaded for; null for the secure world's own.</summary>
    internal static Guid? OwnerOf(Assembly assembly) => GetLoadContext(assembly) switch
    {
        TaLoadContext own => own._uuid,
        LibraryLoadContext library => library.Ta._uuid,
        _ => null,
    };

    /// <summary>The load context of a TA's assembly: whoever runs its code refers to it, since the runtime does not.</summary>
    internal static TaLoadContext? Of(Assembly assembly) => GetLoadContext(assembly) as TaLoadContext;

    /// <summary>Lets the collector have an image's assemblies, none of which has run.</summary>
    internal static void Discard(Assembly assembly)
    {
        if (GetLoadContext(assembly) is TaLoadContext { IsCollectible: true } context)
            context.Unload();
    }

    /// <summary>Loads a library of the TA's image or folder into a context of its own.</summary>
    /// <returns>Null when there is none of that name.</returns>
    internal (LibraryLoadContext Context, Assembly Code)? LoadLibrary(string name)
    {
        if (Find(name, out TaImageFile? file, out string? path) is not { } size)
            return null;
        var context = new LibraryLoadContext(this, name, size);
        return (context, file is null ? context.LoadFromAssemblyPath(path!) : LoadFile(context, file));
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == typeof(TrustedApp).Assembly.GetName().Name)
            return typeof(TrustedApp).Assembly;
        if (Find(assemblyName.Name ?? "", out TaImageFile? file, out string? path) is null)
            return null;
        return file is null ? LoadFromAssemblyPath(path!) : LoadFile(this, file);
    }

    /// <summary>Looks for an assembly in the image, then in the folder.</summary>
    /// <returns>Its size in bytes; null when there is none.</returns>
    private long? Find(string name, out TaImageFile? file, out string? path)
    {
        path = null;
        if (_files.TryGetValue(name + ".dll", out file))
            return file.Content.Length;
        if (_folder is null || Path.GetFileName(name) != name)
            return null; // it has no folder, or the name would lead out of it
        path = Path.Combine(_folder, name + ".dll");
        var found = new FileInfo(path);
        return found.Exists ? found.Length : null;
    }

    /// <summary>Nobody has it. The exception that follows strikes in the middle of the TA, which may say nothing of it.</summary>
    private static Assembly? TellMissing(AssemblyLoadContext context, AssemblyName name)
    {
        Log.Warning("TA {Uuid} needs the assembly {Assembly}, which is neither in its image or folder nor in the secure world", context.Name, LogWords.Of(name.FullName));
        return null;
    }

    /// <param name="context">This, or one that stands on it.</param>
    /// <param name="file">Of the image.</param>
    private Assembly LoadFile(AssemblyLoadContext context, TaImageFile file)
    {
        _files.TryGetValue(Path.ChangeExtension(file.Name, ".pdb"), out TaImageFile? symbols);
        return context.LoadFromStream(new MemoryStream(file.Content), symbols is null ? null : new MemoryStream(symbols.Content));
    }
}
