using System.Reflection;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.ManagedRuntime;
using RestrictedTee.SmcTransport.TaImages;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>
/// Makes a program of a TA's assembly, and words of what is wrong with it: whoever wrote the TA must learn which assembly it is
/// and what it lacks.
/// </summary>
internal static class TaLoader
{
    private const int MaxReasons = 3;

    /// <summary>One image at a time is unpacked, which takes some times its size. Held until its assemblies are loaded; none of their code runs meanwhile.</summary>
    private static readonly Lock Unpacking = new();

    /// <summary>From the image that the normal world has handed over.</summary>
    /// <exception cref="InvalidDataException">It cannot be loaded, or is no TA; the message names assembly and reason.</exception>
    /// <exception cref="InsufficientMemoryException">Those that are loaded keep so much that there is no room for it.</exception>
    internal static ManagedProgram FromImage(Guid uuid, byte[] image, KeptBytes kept)
    {
        string file = "its image";
        return Load(uuid, () => file, () =>
        {
            lock (Unpacking)
            {
                IReadOnlyList<TaImageFile> files = TaImage.Unpack(image);
                file = files[0].Name;
                return TaLoadContext.LoadImage(uuid, files, kept.Take(files.Sum(part => (long)part.Content.Length)));
            }
        });
    }

    /// <summary>From a file beside the secure world's program.</summary>
    /// <exception cref="InvalidDataException">As above.</exception>
    internal static ManagedProgram FromFile(Guid uuid, string path) => Load(uuid, () => Path.GetFileName(path), () => TaLoadContext.LoadFrom(uuid, path));

    /// <summary>The border to code of others: attributes are constructed, so anything may be thrown.</summary>
    private static ManagedProgram Load(Guid uuid, Func<string> file, Func<Assembly> load)
    {
        Assembly? assembly = null;
        try
        {
            assembly = load();
            return ProgramOf(uuid, assembly);
        }
        catch (Exception e) when (e is not InsufficientMemoryException)
        {
            string mismatch = assembly is null ? "" : SdkMismatch(assembly);
            if (assembly is not null)
                TaLoadContext.Discard(assembly);
            throw new InvalidDataException($"{file()}: {Reason(e)}{mismatch}", e);
        }
    }

    private static ManagedProgram ProgramOf(Guid uuid, Assembly assembly)
    {
        Type type = assembly.GetTypes().FirstOrDefault(t => t.GetCustomAttribute<TrustedAppAttribute>() is { } header && Guid.TryParse(header.Uuid, out Guid id) && id == uuid)
            ?? throw new InvalidDataException("it has no trusted application with this UUID.");
        if (type.IsAbstract || !typeof(TrustedApp).IsAssignableFrom(type) || type.GetConstructor(Type.EmptyTypes) is null)
            throw new InvalidDataException($"class {type.FullName} must derive from TrustedApp and have a public constructor without parameters.");
        TrustedAppAttribute header = type.GetCustomAttribute<TrustedAppAttribute>()!;
        if (header.Flags.HasFlag(TaFlags.Concurrent))
            throw new InvalidDataException($"class {type.FullName} asks for TaFlags.Concurrent, which only pseudo TAs may have.");
        TaLoadContext code = TaLoadContext.Of(assembly)!;
        string[] libraries = [.. type.GetCustomAttributes<TaLibraryAttribute>(inherit: false).Select(library => library.Name)];
        return new ManagedProgram(type, header, () => (TrustedApp)Activator.CreateInstance(type)!, isPseudo: false, code, () => new InstanceLibraries(code, assembly, libraries));
    }

    private static string Reason(Exception e) => e switch
    {
        InvalidDataException => e.Message,
        ReflectionTypeLoadException types => string.Join(
            " ", types.LoaderExceptions.OfType<Exception>().Select(inner => inner.Message).Distinct().Take(MaxReasons)),
        _ => $"{e.GetType().Name}: {e.Message}",
    };

    private static string SdkMismatch(Assembly assembly)
    {
        AssemblyName own = typeof(TrustedApp).Assembly.GetName();
        AssemblyName? wanted = assembly.GetReferencedAssemblies().FirstOrDefault(name => name.Name == own.Name);
        return wanted is null ? $" It does not refer to {own.Name}."
            : wanted.Version != own.Version ? $" It was built against {own.Name} {wanted.Version}, and this secure world has {own.Version}."
            : "";
    }
}
