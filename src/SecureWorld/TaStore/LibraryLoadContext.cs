using System.Reflection;
using System.Runtime.Loader;

namespace RestrictedTee.SecureWorld.TaStore;

/// <summary>
/// The load context of one library in one instance: the library alone is loaded here, so its statics are that instance's; everything that it
/// refers to is the TA's. It is unloaded when nobody refers to it any more, which is when the instance has gone.
/// </summary>
/// <param name="ta">The context of the TA that it stands on.</param>
internal sealed class LibraryLoadContext(TaLoadContext ta) : AssemblyLoadContext(ta.Name, isCollectible: true)
{
    /// <summary>Whose library it is.</summary>
    internal TaLoadContext Ta { get; } = ta;

    protected override Assembly? Load(AssemblyName assemblyName) => Ta.LoadFromAssemblyName(assemblyName);
}
