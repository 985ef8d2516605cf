using System.Xml.Linq;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.Walkthrough;

/// <summary>What a project of somebody else needs of the clone, and is told when it is not there.</summary>
[Collection(ReadmeTests.Collection)]
public sealed class OutsideProjectTests : IDisposable
{
    private const string Package = "BouncyCastle.Cryptography";

    private readonly OutsideFolder _outside = new();

    [Fact]
    public void A_trusted_application_that_uses_a_package_builds_without_a_warning_and_runs()
    {
        Rtee.Result built = _outside.Run("./rtee abi smc", Repository.Root);
        Assert.True(built.ExitCode == 0, built.Output + built.Errors);
        _outside.Environment["RTEE"] = Repository.Root;
        string project = Path.Combine(_outside.Project, "Greeter.csproj");
        string reference = $"<ItemGroup><PackageReference Include=\"{Package}\" Version=\"{VersionOf(Package)}\" /></ItemGroup></Project>";
        File.WriteAllText(project, File.ReadAllText(project).Replace("</Project>", reference, StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(_outside.Project, "Greeter.cs"), """
            using RestrictedTee.Sdk;

            [TrustedApp("7c1f0b52-3f5e-4a0e-9d3b-52c1a1f0e9aa")]
            public sealed class Digester : TrustedApp
            {
                [Command(0)]
                public void Digest(MemrefInput text, MemrefOutput digest)
                {
                    Tee.UnmaskCancellation();
                    var sha3 = new Org.BouncyCastle.Crypto.Digests.Sha3Digest(256);
                    byte[] result = new byte[32];
                    sha3.BlockUpdate(text.Span);
                    sha3.DoFinal(result, 0);
                    digest.Write(result);
                }
            }
            """);

        Rtee.Result build = _outside.Run("dotnet build -nologo", _outside.Project);
        Rtee.Result invoke = _outside.Run("\"$RTEE/rtee\" invoke 7c1f0b52-3f5e-4a0e-9d3b-52c1a1f0e9aa 0 mem:abc outmem:32 --ta-dir bin/Debug/net10.0", _outside.Project);

        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Contains("0 Warning(s)", build.Output, StringComparison.Ordinal);
        Assert.True(invoke.ExitCode == 0, invoke.Output + invoke.Errors);
        // NIST's example value of SHA3-256 for "abc".
        Assert.Contains("3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532", invoke.Output, StringComparison.Ordinal);
        Assert.Equal("", invoke.Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/no/such/folder")]
    public void Without_RTEE_a_project_says_that_once_and_what_to_do(string value)
    {
        _outside.Environment["RTEE"] = value;

        foreach (string project in new[] { _outside.Project, _outside.Client })
        {
            Rtee.Result build = _outside.Run("dotnet build -nologo", project);

            Assert.NotEqual(0, build.ExitCode);
            Assert.Contains($"RTEE is '{value}'", build.Output, StringComparison.Ordinal);
            Assert.Contains("export RTEE=", build.Output, StringComparison.Ordinal);
            Assert.Contains("1 Error(s)", build.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_clone_in_which_nothing_is_built_is_said_once_and_how_to_build_it()
    {
        string clone = Path.Combine(Path.GetDirectoryName(_outside.Project)!, "clone");
        string build = Directory.CreateDirectory(Path.Combine(clone, "src", "Outside")).FullName;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Outside")))
            File.Copy(file, Path.Combine(build, Path.GetFileName(file)));
        _outside.Environment["RTEE"] = clone;

        foreach (string project in new[] { _outside.Project, _outside.Client })
        {
            Rtee.Result result = _outside.Run("dotnet build -nologo", project);

            Assert.Contains($"Run '{clone}/rtee --help' once", result.Output, StringComparison.Ordinal);
            Assert.Contains("1 Error(s)", result.Output, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _outside.Dispose();

    private static string VersionOf(string package) =>
        XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .First(row => row.Attribute("Include")?.Value == package).Attribute("Version")!.Value;
}
