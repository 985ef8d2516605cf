using System.Xml.Linq;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Architecture;

/// <summary>Inside a project, too, a folder uses only those below it: the tables in docs/architecture.md are held here.</summary>
public sealed class LayerTests
{
    /// <summary>Projects whose folders still use each other. Their rows are held once they are taken off this list.</summary>
    private static readonly string[] NotYetLayered = [];

    /// <summary>Projects of one namespace whatever their folders: the author of a trusted application or of its client writes one using line.</summary>
    private static readonly string[] OneNamespace = ["src/TrustedApps/Sdk", "src/TrustedApps/Contracts"];

    private static readonly FolderTable Table = new(File.ReadAllText(Path.Combine(Repository.Root, "docs/architecture.md")));

    private static readonly string[] ProjectFolders = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(file)!))];

    public static TheoryData<string> Projects => [.. ProjectFolders];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Each_folder_has_a_row_and_each_row_a_folder(string project)
    {
        if (NotYetLayered.Contains(project))
            return;
        string[] folders = [.. UsesOf(project).Folders];
        IEnumerable<string> rows = Table.Projects.TryGetValue(project, out var table) ? table.Keys : [];

        // A project of one folder has no layers, so it needs no table.
        Assert.Equal(folders.Length == 1 ? [] : folders, rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_uses_only_what_its_row_allows(string project)
    {
        if (NotYetLayered.Contains(project) || !Table.Projects.TryGetValue(project, out var table))
            return;

        string[] forbidden = [.. UsesOf(project).All()
            .Where(use => !table.TryGetValue(use.From, out string[]? allowed) || !allowed.Contains(use.To))
            .Select(use => $"{use.From} -> {use.To}: {use.File}")];

        Assert.True(forbidden.Length == 0, string.Join('\n', forbidden));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folders_use_each_other_in_a_circle(string project)
    {
        if (NotYetLayered.Contains(project))
            return;

        string? circle = FolderTable.FindCycle(UsesOf(project).All().Select(use => (use.From, use.To)));

        Assert.True(circle is null, circle);
    }

    [Fact]
    public void The_tables_allow_no_circle()
    {
        Assert.NotEmpty(Table.Projects);
        Assert.All(Table.Projects, project => Assert.Null(FolderTable.FindCycle(project.Value.SelectMany(row => row.Value.Select(used => (row.Key, used))))));
    }

    [Fact]
    public void The_tables_are_of_projects_that_there_are() =>
        Assert.Empty(Table.Projects.Keys.Except(ProjectFolders));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_namespace_is_that_of_its_folder(string project)
    {
        if (OneNamespace.Contains(project))
            return;
        string root = (string)XDocument.Load(Directory.GetFiles(Path.Combine(Repository.Root, project), "*.csproj")[0]).Descendants("RootNamespace").Single();

        string[] elsewhere = [.. FilesOf(project)
            .Where(file => file.Namespace.Length > 0 && file.Namespace != (file.Folder == "." ? root : $"{root}.{file.Folder.Replace('/', '.')}"))
            .Select(file => $"{file.Folder}/{file.Name}: {file.Namespace}")];

        Assert.True(elsewhere.Length == 0, string.Join('\n', elsewhere));
    }

    private static FolderUses UsesOf(string project) => new(FilesOf(project));

    private static List<SourceFile> FilesOf(string project)
    {
        string root = Path.Combine(Repository.Root, project);
        return [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal))
            .Select(file => new SourceFile(
                Path.GetDirectoryName(file) is { Length: > 0 } folder ? folder : ".", Path.GetFileName(file), File.ReadAllText(Path.Combine(root, file))))];
    }
}
