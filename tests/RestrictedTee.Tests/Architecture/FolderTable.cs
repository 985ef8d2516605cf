using System.Text.RegularExpressions;

namespace RestrictedTee.Tests.Architecture;

/// <summary>The tables in docs/architecture.md under "Folders inside a project": for each project, which folder may use which.</summary>
internal sealed partial class FolderTable
{
    private const string Section = "## Folders inside a project";

    /// <exception cref="InvalidDataException">A folder has two rows, or a row names one that has none.</exception>
    internal FolderTable(string page)
    {
        int start = page.IndexOf(Section, StringComparison.Ordinal);
        int end = start < 0 ? -1 : page.IndexOf("\n## ", start + Section.Length, StringComparison.Ordinal);
        string text = start < 0 ? throw new InvalidDataException($"There is no section '{Section}'.") : end < 0 ? page[start..] : page[start..end];
        var projects = new Dictionary<string, IReadOnlyDictionary<string, string[]>>();
        foreach (string part in text.Split("\n### ").Skip(1))
        {
            string project = part[..part.IndexOf('\n', StringComparison.Ordinal)].Trim(' ', '`');
            var rows = new Dictionary<string, string[]>();
            foreach (Match row in Row().Matches(part))
            {
                string[] used = [.. row.Groups[2].Value.Split(',').Select(u => u.Trim(' ', '`')).Where(u => u is not ("" or "nothing"))];
                if (!rows.TryAdd(row.Groups[1].Value, used))
                    throw new InvalidDataException($"{project}: '{row.Groups[1].Value}' has two rows.");
            }

            foreach ((string folder, string[] used) in rows)
            {
                if (used.FirstOrDefault(u => !rows.ContainsKey(u)) is { } missing)
                    throw new InvalidDataException($"{project}: '{folder}' may use '{missing}', which has no row.");
            }

            projects.Add(project, rows);
        }

        Projects = projects;
    }

    /// <summary>By project, by folder: what it may use.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyDictionary<string, string[]>> Projects { get; }

    /// <summary>A cycle in words; null when there is none.</summary>
    internal static string? FindCycle(IEnumerable<(string From, string To)> uses)
    {
        ILookup<string, string> graph = uses.ToLookup(u => u.From, u => u.To);
        var done = new HashSet<string>();
        string? Visit(string at, List<string> path)
        {
            if (path.Contains(at))
                return string.Join(" -> ", path.SkipWhile(p => p != at).Append(at));
            if (!done.Add(at))
                return null;
            path.Add(at);
            string? cycle = graph[at].Select(next => Visit(next, path)).FirstOrDefault(c => c is not null);
            path.Remove(at);
            return cycle;
        }

        return graph.Select(g => Visit(g.Key, [])).FirstOrDefault(c => c is not null);
    }

    [GeneratedRegex(@"^\| `([^`]+)` \|(?:[^|\n]*\|)* ([^|\n]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
