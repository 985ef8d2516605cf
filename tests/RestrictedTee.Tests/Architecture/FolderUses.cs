namespace RestrictedTee.Tests.Architecture;

/// <summary>Which folder of a project uses which: by using lines, by qualified names, and by what enclosing namespaces declare.</summary>
internal sealed class FolderUses
{
    private readonly IReadOnlyList<SourceFile> _files;
    private readonly ILookup<string, string> _foldersOfNamespace;
    private readonly ILookup<(string Namespace, string Type), string> _foldersOfType;

    internal FolderUses(IReadOnlyList<SourceFile> files)
    {
        _files = files;
        _foldersOfNamespace = files.Select(f => (f.Namespace, f.Folder)).Distinct().ToLookup(x => x.Namespace, x => x.Folder);
        _foldersOfType = files.SelectMany(f => f.Types.Select(type => (Key: (f.Namespace, type), f.Folder))).Distinct().ToLookup(x => x.Key, x => x.Folder);
    }

    internal IEnumerable<string> Folders => _files.Select(f => f.Folder).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Each use of another folder, with the file that makes it.</summary>
    internal IEnumerable<(string From, string To, string File)> All() =>
        _files.SelectMany(file => UsedBy(file).Distinct().Where(folder => folder != file.Folder).Select(folder => (file.Folder, folder, file.Name)));

    private IEnumerable<string> UsedBy(SourceFile file) =>
        file.Usings.SelectMany(name => ByUsing(file, name))
            .Concat(file.Chains.SelectMany(chain => ByQualifiedName(file, chain)))
            .Concat(file.Enclosing.SelectMany(enclosing => ByEnclosing(file, enclosing)));

    /// <summary>A using line of a namespace, or of a type in one. A namespace of several folders tells nothing but by its types.</summary>
    private IEnumerable<string> ByUsing(SourceFile file, string name)
    {
        string outer = name.LastIndexOf('.') is var dot and >= 0 ? name[..dot] : name;
        string ns = _foldersOfNamespace.Contains(name) ? name : outer;
        string[] folders = [.. _foldersOfNamespace[ns]];
        return folders.Length == 1 ? folders : file.Words.SelectMany(word => _foldersOfType[(ns, word)]);
    }

    /// <summary>The longest namespace that the chain begins with and whose type comes next, as the compiler looks it up: innermost first.</summary>
    private IEnumerable<string> ByQualifiedName(SourceFile file, string chain)
    {
        string[] parts = chain.Split('.');
        foreach (string prefix in file.Enclosing.Select(e => e + ".").Append(""))
        {
            for (int length = parts.Length - 1; length > 0; length--)
            {
                string ns = prefix + string.Join('.', parts[..length]);
                if (_foldersOfType.Contains((ns, parts[length])))
                    return _foldersOfType[(ns, parts[length])];
            }
        }

        return [];
    }

    private IEnumerable<string> ByEnclosing(SourceFile file, string enclosing) =>
        file.Words.Where(word => !IsNearer(file, enclosing, word)).SelectMany(word => _foldersOfType[(enclosing, word)]);

    /// <summary>Whether the word means a type nearer than the enclosing namespace: of the file's own folder, or of its own namespace.</summary>
    private bool IsNearer(SourceFile file, string enclosing, string word) =>
        enclosing == file.Namespace ? _foldersOfType[(enclosing, word)].Contains(file.Folder) : _foldersOfType.Contains((file.Namespace, word));
}
