using System.Text.RegularExpressions;

namespace RestrictedTee.Tests.Architecture;

/// <summary>A source file, as far as the layers are concerned: where it stands, what it declares, and what it mentions.</summary>
internal sealed partial class SourceFile
{
    /// <param name="folder">Relative to the project; "." for the project's own.</param>
    /// <param name="name">For messages.</param>
    /// <param name="text">The source text.</param>
    internal SourceFile(string folder, string name, string text)
    {
        Folder = folder;
        Name = name;
        string code = NoCode().Replace(text, " ");
        Namespace = NamespaceLine().Match(code) is { Success: true } match ? match.Groups[1].Value : "";
        Usings = [.. UsingLine().Matches(code).Select(m => m.Groups[1].Value)];
        Types = [.. Declaration().Matches(code).Select(m => m.Groups["name"].Value)];
        string body = EnumMember().Replace(NamespaceLine().Replace(UsingLine().Replace(code, ""), ""), "");
        Words = [.. Word().Matches(body).Select(m => m.Value)];
        Chains = [.. Chain().Matches(body).Select(m => m.Value)];
    }

    internal string Folder { get; }

    internal string Name { get; }

    internal string Namespace { get; }

    /// <summary>What using lines name, static ones and aliases included.</summary>
    internal IReadOnlyList<string> Usings { get; }

    /// <summary>Types declared at the top level.</summary>
    internal HashSet<string> Types { get; }

    /// <summary>Identifiers that do not follow a dot.</summary>
    internal HashSet<string> Words { get; }

    /// <summary>Names joined by dots.</summary>
    internal HashSet<string> Chains { get; }

    /// <summary>The namespace, and each that it lies in: what lies there is seen without a using line.</summary>
    internal IEnumerable<string> Enclosing
    {
        get
        {
            for (string at = Namespace; at.Length > 0; at = at.LastIndexOf('.') is var dot and >= 0 ? at[..dot] : "")
                yield return at;
        }
    }

    [GeneratedRegex(""""//[^\n]*|/\*.*?\*/|"""+.*?"""+|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.[^'\n]*|[^'\\\n])'"""", RegexOptions.Singleline)]
    private static partial Regex NoCode();

    /// <summary>A member of an enumeration is named like a type often enough, and uses none.</summary>
    [GeneratedRegex(@"^\s+\w+ = \w+,\s*$", RegexOptions.Multiline)]
    private static partial Regex EnumMember();

    [GeneratedRegex(@"^namespace ([\w.]+)\s*;?", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe) )*(?:(?:class|interface|enum|(?:record )?struct|record(?: class)?) (?<name>\w+)|delegate [^(;]*?\b(?<name>\w+)(?:<[^<>()]*>)?\()", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(?:\.[A-Z]\w*)+")]
    private static partial Regex Chain();
}
