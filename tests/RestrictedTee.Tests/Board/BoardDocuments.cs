using System.Text.RegularExpressions;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Board;

/// <summary>The boards and settings that ship or are documented.</summary>
internal static partial class BoardDocuments
{
    /// <summary>The embedded board of the last build that wrote version 1, but for its comment.</summary>
    internal const string Version1 = """
        {
          "version": 1,
          "normalRam": { "base": "0x40000000", "size": "128MiB" },
          "reservedShm": { "base": "0x40000000", "size": "2MiB" },
          "secureRam": { "base": "0x0e100000", "size": "512KiB" },
          "pools": [
            { "useCase": "secure-video", "base": "0x0f000000", "size": "4MiB" },
            { "useCase": "trusted-ui", "base": "0x0f400000", "size": "2MiB" },
            { "useCase": "secure-video-record", "kind": "dynamic", "size": "1MiB", "alignment": "64KiB" }
          ]
        }
        """;

    /// <summary>A board of version 2 with one pool of 1 MiB.</summary>
    /// <param name="members">Members of the pool.</param>
    internal static string Version2With(string members) => $$"""
        {
          "version": 2,
          "normalRam": { "base": "0x40000000", "size": "16MiB" },
          "reservedShm": { "base": "0x40000000", "size": "1MiB" },
          "secureRam": { "base": "0x0e100000", "size": 65536 },
          "useCases": [ { "number": 7, "name": "static-video" } ],
          "pools": [
            { "useCase": "static-video", "size": "1MiB", {{members}} }
          ]
        }
        """;

    /// <summary>Each shipped board by its path below the repository.</summary>
    internal static IEnumerable<string> ShippedBoards =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*-board.json", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal);

    /// <summary>Each whole JSON document in a page: its page, its line and its text.</summary>
    internal static IEnumerable<(string Place, string Json)> Documented
    {
        get
        {
            string[] pages = [Path.Combine(Repository.Root, "README.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)];
            foreach (string page in pages)
            {
                string text = File.ReadAllText(page);
                foreach (Match match in Block().Matches(text))
                    yield return ($"{Path.GetFileName(page)}:{text.AsSpan(0, match.Index).Count('\n') + 1}", match.Groups["json"].Value);
            }
        }
    }

    [GeneratedRegex("^```json\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();
}
