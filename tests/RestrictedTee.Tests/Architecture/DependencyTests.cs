using System.Xml.Linq;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.Architecture;

/// <summary>The table of who may know whom (docs/architecture.md) is held here.</summary>
public sealed class DependencyTests
{
    private static readonly string[] AllowedTop =
    [
        "src", "tests", "benchmarks", "examples", "docs", "RestrictedTee.sln", "README.md", "LICENSE", "Directory.Build.props", "Directory.Packages.props",
        ".editorconfig", ".gitignore", ".ci", "global.json", "rtee", "schemas", ".git", "artifacts", "TestResults", "screen.png", // which the README's demo writes
    ];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["src/SmcTransport"] = [],
        ["src/TrustedApps/Sdk"] = [],
        ["src/TrustedApps/Contracts"] = [],
        ["src/SecureWorld"] = ["src/SmcTransport", "src/TrustedApps/Sdk", "src/TrustedApps/Contracts"],
        ["src/TrustedApps"] = ["src/TrustedApps/Sdk", "src/TrustedApps/Contracts"],
        ["src/TrustedApps/XtestLibraries"] = ["src/TrustedApps/Sdk", "src/TrustedApps/XtestLibraries"],
        ["src/TrustedApps/XtestApps"] = ["src/TrustedApps/Sdk", "src/TrustedApps/Contracts", "src/TrustedApps/XtestLibraries"],
        ["src/NormalWorld"] = ["src/SmcTransport", "src/TrustedApps/Contracts", "src/NormalWorld"],
    };

    public static TheoryData<string> Projects => [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(Relative)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_what_the_table_allows(string project)
    {
        string owner = Allowed.Keys.Where(key => project.StartsWith(key + "/", StringComparison.Ordinal)).MaxBy(key => key.Length)!;
        IEnumerable<string> references = XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("ProjectReference")
            .Select(r => Relative(Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, (string)r.Attribute("Include")!))));

        Assert.All(references, reference => Assert.Contains(Allowed[owner], allowed => reference.StartsWith(allowed + "/", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_version_number_stands_outside_of_the_central_file(string project) =>
        Assert.DoesNotContain(XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("PackageReference"), r => r.Attribute("Version") is not null);

    [Fact]
    public void Native_calls_are_declared_in_interop_folders_only()
    {
        IEnumerable<string> elsewhere = Sources().Where(file => !file.Contains("/Interop/", StringComparison.Ordinal)
            && (Text(file).Contains("[LibraryImport", StringComparison.Ordinal) || Text(file).Contains("[DllImport", StringComparison.Ordinal)));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void BouncyCastle_is_known_to_one_folder()
    {
        IEnumerable<string> elsewhere = Sources().Where(file => !file.StartsWith("src/SecureWorld/Crypto/BouncyCastle/", StringComparison.Ordinal)
            && Text(file).Contains("Org.BouncyCastle", StringComparison.Ordinal));

        Assert.Empty(elsewhere);
    }

    /// <summary>So it is loaded where a screen is asked for, and where the demo draws, and nowhere else.</summary>
    [Fact]
    public void Skia_is_known_to_one_class_of_the_secure_world_and_to_the_demo() =>
        Assert.Equal(
            ["src/NormalWorld/CommandLine/Demo/DemoOverlay.cs", "src/NormalWorld/CommandLine/Demo/DemoPicture.cs", "src/SecureWorld/Screens/PngEncoding.cs"],
            Sources().Where(file => Text(file).Contains("using SkiaSharp", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    /// <summary>It keeps keys on the managed heap; the kernel's own engines take them from secure RAM, or from behind the firewall.</summary>
    [Fact]
    public void The_secure_world_gives_no_key_to_the_managed_librarys_ciphers()
    {
        IEnumerable<string> users = Sources().Where(file => file.StartsWith("src/SecureWorld/", StringComparison.Ordinal)
            && System.Text.RegularExpressions.Regex.IsMatch(Text(file), @"\b(Aes|AesGcm|AesCcm|HMAC\w*|ChaCha20Poly1305|RSA|ECDsa|ECDiffieHellman)\.(Create|HashData)\b|new (AesGcm|AesCcm|HMAC\w+|ChaCha20Poly1305)\("));

        Assert.Empty(users);
    }

    [Fact]
    public void Unsafe_code_stands_only_where_memory_and_system_calls_are_touched()
    {
        string[] marked =
        [
            "/Interop/", "/NormalRam/RamBank.cs", "/Kernel/Memory/SharedMemory.cs", "/Kernel/Arguments/MessageWindow.cs", "/Kernel/SystemCalls/SessionCalls.cs", "/Kernel/SystemCalls/MemoryCalls.cs",
            "/SecretMemory/SecretMapping.cs", "/Devices/BusWindow.cs", "/Parameters/ParameterSlot.cs", "/DmaBuf/DmaBufExports.cs", "/Serving/ShmMapping.cs", "/Seccomp/NotificationListener.cs", "/Seccomp/ProcessSpawn.cs", "/Yardsticks/PipeYardstick.cs", "/DropIn/DropInClient.cs", "/DropIn/DeviceClient.cs",
            "/Regression1000/SharedMemoryCases.cs", "/LibTeec/Abi/", "/LibTeec/Contexts/ForeignMemory.cs", "/LibTeec/Calls/OperationParameters.cs", "/LibTeec/Calls/OperationCall.cs", "/LibTeec/Exports/",
        ];
        IEnumerable<string> elsewhere = Sources().Where(file => !marked.Any(m => file.Contains(m, StringComparison.Ordinal))
            && System.Text.RegularExpressions.Regex.IsMatch(Text(file), @"^\s*[^/\n]*\bunsafe\b", System.Text.RegularExpressions.RegexOptions.Multiline));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void The_secure_world_reaches_mapped_memory_through_views_and_leases_only()
    {
        // Who stands here holds a reference: the view and the lease of their own, the transaction those of its banks.
        string[] holders = ["/SecretMemory/SecretMapping.cs", "/MemorySharing/MemoryLease.cs", "/MemorySharing/TransactionContent.cs"];
        IEnumerable<string> elsewhere = Sources().Where(file => file.StartsWith("src/SecureWorld/", StringComparison.Ordinal)
            && !holders.Any(holder => file.EndsWith(holder, StringComparison.Ordinal))
            && Text(file).Contains(".GetSpan(", StringComparison.Ordinal));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void The_top_level_has_what_it_should_and_nothing_else()
    {
        IEnumerable<string> found = Directory.EnumerateFileSystemEntries(Repository.Root).Select(path => Path.GetFileName(path)!);

        Assert.Empty(found.Except(AllowedTop));
    }

    [Fact]
    public void No_folder_is_a_drawer_and_none_is_overfull()
    {
        string[] drawers = ["Common", "Utils", "Helpers", "Misc"];
        foreach (string folder in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj", StringComparison.Ordinal) && !f.Contains("/bin", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain(Path.GetFileName(folder), drawers);
            Assert.InRange(Directory.EnumerateFiles(folder, "*.cs").Count(), 0, 22);
        }
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
        .Select(Relative);

    private static string Text(string relative) => File.ReadAllText(Path.Combine(Repository.Root, relative));

    private static string Relative(string path) => Path.GetRelativePath(Repository.Root, path);
}
