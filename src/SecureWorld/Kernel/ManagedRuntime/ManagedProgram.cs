using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Kernel.Instances;

namespace RestrictedTee.SecureWorld.Kernel.ManagedRuntime;

/// <summary>A trusted application that is a class: what its attributes say, read once, and how an object of it is made.</summary>
internal sealed class ManagedProgram : ITaProgram
{
    private readonly Func<TrustedApp> _create;
    private readonly CommandTable _commands;

    /// <exception cref="InvalidDataException">A method that is marked as a command cannot be called.</exception>
    internal ManagedProgram(Type type, TrustedAppAttribute header, Func<TrustedApp> create, bool isPseudo)
    {
        _create = create;
        _commands = CommandTable.Read(type);
        Manifest = new TaManifest(Guid.Parse(header.Uuid), header.Flags)
        {
            Version = header.Version,
            Description = header.Description,
            DataSize = header.DataSize,
            IsPseudo = isPseudo,
            Properties = type.GetCustomAttributes(typeof(TaPropertyAttribute), inherit: false)
                .Cast<TaPropertyAttribute>()
                .ToDictionary(property => property.Name, property => property.Value),
        };
    }

    public TaManifest Manifest { get; }

    public ITaRuntime NewInstance() => new ManagedTa(_create, _commands, isTrusted: Manifest.IsPseudo);
}
