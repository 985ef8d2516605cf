using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RestrictedTee.Tests.SystemCalls;

/// <summary>What the XML documentation says that is built with a library: there, and nowhere else, stands what C calls a member.</summary>
internal static partial class Documentation
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, string>> Read = new();

    /// <summary>Words by id: "T:" and the name of a type, "M:", "P:" or "F:" and that of a member.</summary>
    internal static IReadOnlyDictionary<string, string> Of(Assembly library) => Read.GetOrAdd(
        library,
        static library => XDocument.Load(Path.ChangeExtension(library.Location, ".xml")).Descendants("member").ToDictionary(entry => entry.Attribute("name")!.Value, entry => entry.Value.Trim()));

    /// <summary>What C calls a constant of C#, where its words begin with that; else null.</summary>
    internal static string? CNameOf(Type type, string member) =>
        Of(type.Assembly).TryGetValue($"F:{type.FullName}.{member}", out string? words) && CName().Match(words) is { Success: true } name ? name.Value : null;

    /// <summary>The same for a table, with whose name it is when it is not GlobalPlatform's.</summary>
    internal static string CellOf<T>(T member)
        where T : struct, Enum =>
        $"`{CNameOf(typeof(T), member.ToString())}`{(Of(typeof(T).Assembly)[$"F:{typeof(T).FullName}.{member}"].Contains("OP-TEE", StringComparison.Ordinal) ? " (OP-TEE)" : "")}";

    [GeneratedRegex("^[A-Z][A-Z0-9_]{3,}", RegexOptions.None, 1000)]
    private static partial Regex CName();
}
