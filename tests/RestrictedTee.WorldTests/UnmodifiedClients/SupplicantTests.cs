using System.Runtime.CompilerServices;
using RestrictedTee.SmcTransport.TaImages;
using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.UnmodifiedClients;

/// <summary>A supplicant in C that knows Linux's tee.h and nothing of this project, below <c>rtee run --supplicant external</c>.</summary>
public sealed class SupplicantTests : IDisposable
{
    private const string Present = "0b5d5c8e-1f0a-4b57-9c44-52f6d8a1e003";
    private const string Absent = "0b5d5c8e-1f0a-4b57-9c44-52f6d8a1ffff";

    private readonly CProgram? _program = CProgram.Compiler is null ? null : new CProgram(Path.Combine(Path.GetDirectoryName(ThisFile())!, "supplicant.c"));
    private readonly Rtee.Folder _folder = new();

    public SupplicantTests() =>
        File.WriteAllBytes(Path.Combine(_folder.Path, Present + ".ta"), TaCatalogue.Pack(TaCatalogue.Scan(Repository.TestTas).Find(new Guid(Present))!));

    public void Dispose()
    {
        _program?.Dispose();
        _folder.Dispose();
    }

    [CompilerFact]
    public void It_loads_a_trusted_application_into_memory_of_its_own()
    {
        Assert.Equal("session: 0x0\n", Run("smc", "serve", Present));
        Assert.Equal("session: 0x0\n", Run("ffa", "serve", Present));
    }

    [CompilerFact]
    public void It_may_take_requests_one_by_one_as_before_there_were_ids() => Assert.Equal("session: 0x0\n", Run("smc", "serve-one-by-one", Present));

    [CompilerFact]
    public void What_it_does_not_find_is_not_found() => Assert.Equal("session: 0xffff0008\n", Run("smc", "serve", Absent));

    [CompilerFact]
    public void A_client_waits_until_there_is_one() => Assert.Equal("session: 0x0\n", Run("smc", "late", Present));

    [CompilerFact]
    public void When_it_dies_in_the_middle_of_a_request_its_client_is_told_and_a_new_one_starts_clean()
    {
        const string Expected = "session: 0xffff000e\nthe supplicant ended with 9\nsession: 0x0\n";

        Assert.Equal(Expected, Run("smc", "die", Present));
        Assert.Equal(Expected, Run("ffa", "die", Present));
        Assert.Equal(Expected, Run("smc", "die-one-by-one", Present));
    }

    [CompilerFact]
    public void A_client_that_is_killed_while_it_waits_takes_its_request_along()
    {
        Assert.Equal("killed by 9\n", Run("smc", "killed", Absent));
        Assert.Equal("killed by 9\nsession: 0x0\n2 loads\n", Run("smc", "killed", Absent, Present));
    }

    [CompilerFact]
    public void What_it_does_wrong_has_the_errno_of_linux() => Assert.Equal(
        """
        second: Device or resource busy
        no room: Invalid argument
        a room with content: Invalid argument
        nothing received: Invalid argument
        an id that is none: No such file or directory
        another's device: Invalid argument

        """,
        Run("smc", "errors"));

    [CompilerFact]
    public void There_is_no_room_for_it_where_the_supplicant_is_internal() =>
        Assert.StartsWith("no supplicant: Device or resource busy\n", Rtee.Run("run", "--", _program!.Path, "serve", _folder.Path, Absent).Output, StringComparison.Ordinal);

    [Fact]
    public void It_is_internal_or_external_and_an_external_one_knows_its_folders_itself()
    {
        Rtee.Result unknown = Rtee.Run("run", "--supplicant", "somebody", "--", "true"), both = Rtee.Run("run", "--supplicant", "external", "--ta-dir", _folder.Path, "--", "true");

        Assert.Contains("supplicant is 'somebody'; it must be internal or external.", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("is for the internal supplicant", both.Errors, StringComparison.Ordinal);
    }

    private string Run(string conduit, string what, params string[] uuids) =>
        Rtee.Run(["run", "--supplicant", "external", "--conduit", conduit, "--", _program!.Path, what, _folder.Path, .. uuids]).Output;

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
