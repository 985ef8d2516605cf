using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Instances;

namespace RestrictedTee.SecureWorld.Kernel.ManagedRuntime;

/// <summary>A trusted application that is a class: what its attributes say, read once, and how an object of it is made.</summary>
internal sealed class ManagedProgram : ITaProgram
{
    private readonly Func<TrustedApp> _create;
    private readonly CommandTable _commands;
    private readonly Func<ITaLibraries>? _libraries;

    /// <param name="type">The class.</param>
    /// <param name="header">Its mark.</param>
    /// <param name="create">Makes an object of it.</param>
    /// <param name="isPseudo">Whether it is part of the core.</param>
    /// <param name="code">What its code lives in, which lives as long as this does, and with it every instance; null for the core's own.</param>
    /// <param name="libraries">How an instance loads more of its code; null for the core's own, which do not.</param>
    /// <exception cref="InvalidDataException">A method that is marked as a command cannot be called, or a property is not as it must be.</exception>
    internal ManagedProgram(Type type, TrustedAppAttribute header, Func<TrustedApp> create, bool isPseudo, object? code = null, Func<ITaLibraries>? libraries = null)
    {
        Code = code;
        _libraries = libraries;
        _create = create;
        _commands = CommandTable.Read(type);
        Manifest = new TaManifest(Guid.Parse(header.Uuid), header.Flags)
        {
            Version = header.Version,
            Description = header.Description,
            DataSize = header.DataSize,
            IsPseudo = isPseudo,
            Properties = PropertiesOf(type),
        };
    }

    public TaManifest Manifest { get; }

    /// <summary>What keeps the code: the runtime does not, for code that can be unloaded.</summary>
    internal object? Code { get; }

    public ITaRuntime NewInstance() => new ManagedTa(Manifest, _create, _commands, _libraries);

    /// <summary>A name stands for one value, and those that begin with "gpd." are GlobalPlatform's (GPD_SPE_010 section 4.4).</summary>
    private static List<KeyValuePair<string, object>> PropertiesOf(Type type)
    {
        var properties = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        foreach (TaPropertyAttribute property in type.GetCustomAttributes(typeof(TaPropertyAttribute), inherit: false).Cast<TaPropertyAttribute>())
        {
            if (string.IsNullOrEmpty(property.Name) || property.Name.StartsWith("gpd.", StringComparison.Ordinal))
                throw new InvalidDataException($"class {type.FullName} has a property of the name '{property.Name}', which is none of its own.");
            if (PropertyValue.Parse(property.Value, property.Type) is not { } value)
                throw new InvalidDataException($"class {type.FullName}: the value of property '{property.Name}' is no {property.Type}.");
            if (!properties.TryAdd(property.Name, value))
                throw new InvalidDataException($"class {type.FullName} has the property '{property.Name}' twice.");
        }

        return [.. properties];
    }
}
