namespace RestrictedTee.Sdk;

/// <summary>
/// Names an assembly that the trusted application loads at run time (<see cref="TrustedApp.OpenLibrary{T}"/>). It lies beside the TA's own and
/// travels in its image, as those that the TA refers to do without being named. What is not named cannot be opened.
/// </summary>
/// <param name="name">The assembly's name: that of its file, without the folder and without <c>.dll</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class TaLibraryAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}
