using System.Reflection;
using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>
/// What an instance has loaded at run time. Only what the TA itself names is loaded, and only from its own image or folder: a name that a client
/// has chosen leads nowhere else.
/// </summary>
/// <param name="code">The TA's own code, on which the libraries stand.</param>
/// <param name="main">The TA's assembly.</param>
/// <param name="named">The libraries that the TA names.</param>
internal sealed class InstanceLibraries(TaLoadContext code, Assembly main, IReadOnlyList<string> named) : ITaLibraries
{
    private readonly object _lock = new(); // protects the three below; held while a library's constructor runs, which may open another one
    private readonly OrderedDictionary<string, Library> _opened = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<Type, object> _objects = [];
    private readonly HashSet<Type> _making = []; // a constructor that opens itself would use up the stack, which ends the process

    /// <param name="Context">Kept, since the runtime does not keep it.</param>
    /// <param name="Code">Its assembly.</param>
    private sealed record Library(LibraryLoadContext Context, Assembly Code);

    public IReadOnlyList<Assembly> Loaded
    {
        get
        {
            lock (_lock)
                return [main, .. code.Assemblies.Where(assembly => assembly != main), .. _opened.Values.Select(library => library.Code)];
        }
    }

    public IReadOnlyList<IDisposable> ToDispose
    {
        get
        {
            lock (_lock)
                return [.. _objects.Values.Reverse().OfType<IDisposable>()];
        }
    }

    public object Open(string name, Type contract, object app)
    {
        lock (_lock)
        {
            if (!_opened.TryGetValue(name, out Library? library))
                _opened.Add(name, library = Load(name));
            Type type = Implementation(name, library.Code, contract);
            if (_objects.TryGetValue(type, out object? made))
                return made;
            if (!_making.Add(type))
                throw new TeeException(TeeResult.BadState, $"Class {type.FullName} of library {name} is being made, by a constructor that opens it.");
            try
            {
                _objects.Add(type, made = Make(name, type, app));
                return made;
            }
            finally
            {
                _making.Remove(type);
            }
        }
    }

    private Library Load(string name)
    {
        if (!named.Contains(name, StringComparer.Ordinal))
            throw new TeeException(TeeResult.ItemNotFound, $"Library {name} is not named by a TaLibrary attribute of the TA.");
        try
        {
            return code.LoadLibrary(name) is var (context, assembly)
                ? new Library(context, assembly)
                : throw new TeeException(TeeResult.ItemNotFound, $"Library {name} is not beside the TA; it belongs into its folder or image as {name}.dll.");
        }
        catch (Exception e) when (e is BadImageFormatException or IOException)
        {
            throw new TeeException(TeeResult.BadFormat, $"Library {name} cannot be loaded: {e.Message}");
        }
    }

    private static Type Implementation(string name, Assembly assembly, Type contract)
    {
        try
        {
            Type[] found = [.. assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && contract.IsAssignableFrom(type))];
            return found.Length == 1
                ? found[0]
                : throw new TeeException(TeeResult.BadFormat, $"Library {name} has {found.Length} public classes that are a {contract.FullName} of {contract.Assembly.GetName().Name}; one is expected.");
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException)
        {
            throw new TeeException(TeeResult.BadFormat, $"Library {name} does not fit to the TA: {e.Message}");
        }
    }

    /// <summary>What the constructor throws is the TA's, a panic included.</summary>
    private static object Make(string name, Type type, object app)
    {
        ConstructorInfo[] constructors = type.GetConstructors();
        object[]? arguments = constructors is not [var only] ? null : only.GetParameters() switch
        {
            [] => [],
            [var one] when one.ParameterType.IsInstanceOfType(app) => [app],
            _ => null,
        };
        return arguments is null
            ? throw new TeeException(TeeResult.BadFormat, $"Class {type.FullName} of library {name} must have one public constructor, without parameters or with one that {app.GetType().Name} is.")
            : constructors[0].Invoke(BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
    }
}
