using System.Text;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.SmcTransport.TaImages;

/// <summary>A trusted application found in a folder.</summary>
/// <param name="Uuid">Its UUID.</param>
/// <param name="TypeName">The class that is marked as trusted application.</param>
/// <param name="AssemblyPath">The assembly that holds it.</param>
public sealed record TaEntry(Guid Uuid, string TypeName, string AssemblyPath)
{
    /// <summary>The assemblies that it loads at run time, by name; they lie beside it.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];

    internal string PathOf(string assembly) => Path.Combine(Path.GetDirectoryName(AssemblyPath)!, assembly + ".dll");
}

/// <summary>
/// The trusted applications of a folder, found by reading assembly metadata: nothing is loaded, so nothing runs. Assemblies
/// lie in the folder itself or one level below it.
/// </summary>
public sealed class TaCatalogue
{
    private readonly Dictionary<Guid, TaEntry> _entries = [];

    private TaCatalogue(IReadOnlyList<string> problems) => Problems = problems;

    /// <summary>What was found.</summary>
    public IReadOnlyCollection<TaEntry> Entries => _entries.Values;

    /// <summary>What is wrong in the folder, one sentence each: files that are no assemblies, UUIDs that are malformed or taken twice, libraries that are not there.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>The TA with a UUID, or null. Of two with one UUID neither is served.</summary>
    public TaEntry? Find(Guid uuid) => _entries.GetValueOrDefault(uuid);

    /// <summary>Looks through a folder; one that does not exist is empty.</summary>
    public static TaCatalogue Scan(string folder)
    {
        var problems = new List<string>();
        var catalogue = new TaCatalogue(problems);
        var duplicates = new HashSet<Guid>();
        foreach (string path in Assemblies(folder, problems))
        {
            try
            {
                foreach (TaEntry entry in TaMetadata.Read(path, problems))
                {
                    foreach (string library in entry.Libraries.Where(library => !File.Exists(entry.PathOf(library))))
                        problems.Add($"{path}: class {entry.TypeName} names the library {library}, which is not beside it; it cannot be opened.");
                    if (catalogue._entries.TryAdd(entry.Uuid, entry))
                        continue;
                    duplicates.Add(entry.Uuid);
                    problems.Add($"{path}: UUID {entry.Uuid} is also that of {catalogue._entries[entry.Uuid].AssemblyPath}; neither is served.");
                }
            }
            catch (Exception e)
            {
                // The border to files that anybody may have written: what the metadata reader makes of garbage is not documented.
                problems.Add($"{path}: not a readable assembly: {e.Message}");
            }
        }

        foreach (Guid uuid in duplicates)
            catalogue._entries.Remove(uuid);
        return catalogue;
    }

    /// <summary>
    /// The names, times and sizes of a folder's assemblies: while it is the same, so is what <see cref="Scan"/> finds. Nothing of
    /// them is read.
    /// </summary>
    public static string Fingerprint(string folder)
    {
        var text = new StringBuilder();
        foreach (string path in Assemblies(folder, []))
        {
            var file = new FileInfo(path);
            text.Append(path).Append('\0').Append(file.LastWriteTimeUtc.Ticks).Append('\0').Append(file.Exists ? file.Length : -1).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>
    /// Packs a TA with its symbols and those assemblies beside it that it refers to, directly or through others, and the libraries that it
    /// names.
    /// </summary>
    /// <exception cref="IOException">A file has gone, is no regular file, or is too large.</exception>
    public static byte[] Pack(TaEntry entry)
    {
        var files = new List<TaImageFile>();
        var wanted = new Queue<string>([entry.AssemblyPath]);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { Path.GetFileNameWithoutExtension(entry.AssemblyPath), "RestrictedTee.Sdk" };
        Want(entry.Libraries);
        while (wanted.TryDequeue(out string? path))
        {
            byte[] assembly = RegularFile.ReadAllBytes(path, TaImage.MaxFileSize);
            files.Add(new TaImageFile(Path.GetFileName(path), assembly));
            string symbols = Path.ChangeExtension(path, ".pdb");
            if (File.Exists(symbols))
                files.Add(new TaImageFile(Path.GetFileName(symbols), RegularFile.ReadAllBytes(symbols, TaImage.MaxFileSize)));
            Want(TaMetadata.References(assembly));
        }

        return TaImage.Pack(files);

        void Want(IEnumerable<string> names)
        {
            foreach (string name in names)
            {
                // A name that leads out of the folder is none of an assembly beside the TA.
                if (Path.GetFileName(name) == name && seen.Add(name) && File.Exists(entry.PathOf(name)))
                    wanted.Enqueue(entry.PathOf(name));
            }
        }
    }

    private static IEnumerable<string> Assemblies(string folder, List<string> problems)
    {
        if (!Directory.Exists(folder))
            return [];
        return Listed(() => Directory.EnumerateDirectories(folder)).Prepend(folder)
            .SelectMany(f => Listed(() => Directory.EnumerateFiles(f, "*.dll")));

        string[] Listed(Func<IEnumerable<string>> list)
        {
            try
            {
                return [.. list().Order(StringComparer.Ordinal)];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add($"{folder}: cannot be listed: {e.Message}");
                return [];
            }
        }
    }
}
