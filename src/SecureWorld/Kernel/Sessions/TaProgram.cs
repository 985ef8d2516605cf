using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Kernel.Sessions;

/// <summary>A trusted application as it was loaded: what every instance of it shares.</summary>
internal sealed class TaProgram
{
    private readonly Func<TrustedApp> _create;

    internal TaProgram(Type type, TrustedAppAttribute header, Func<TrustedApp> create, bool isPseudo)
    {
        Type = type;
        Header = header;
        Uuid = Guid.Parse(header.Uuid);
        _create = create;
        IsPseudo = isPseudo;
        Commands = CommandTable.Read(type);
        Properties = type.GetCustomAttributes(typeof(TaPropertyAttribute), inherit: false)
            .Cast<TaPropertyAttribute>()
            .ToDictionary(property => property.Name, property => property.Value);
    }

    internal Type Type { get; }

    internal TrustedAppAttribute Header { get; }

    internal Guid Uuid { get; }

    internal bool IsPseudo { get; }

    internal CommandTable Commands { get; }

    internal IReadOnlyDictionary<string, object> Properties { get; }

    internal bool Has(TaFlags flag) => (Header.Flags & flag) == flag;

    internal TrustedApp CreateApp() => _create();
}
