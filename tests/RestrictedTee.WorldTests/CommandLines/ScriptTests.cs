using RestrictedTee.Tests.Harness;
using RestrictedTee.WorldTests.Harness;

namespace RestrictedTee.WorldTests.CommandLines;

/// <summary>The script <c>rtee</c>, in a tree of its own in which everything is built already.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly Rtee.Folder _folder = new();
    private readonly string _tree;

    public ScriptTests()
    {
        _tree = Directory.CreateDirectory(Path.Combine(_folder.Path, "a clone 'with' spaces")).FullName;
        File.Copy(Path.Combine(Repository.Root, "rtee"), Path.Combine(_tree, "rtee"));
        string built = Directory.CreateDirectory(Path.Combine(_tree, "artifacts", "rtee")).FullName;
        Shell.Program(Path.Combine(built, "rtee"), "printf '%s|' \"ran\" \"$@\"");
        File.WriteAllText(Path.Combine(built, ".built"), "");
    }

    [Theory]
    [InlineData("absolute", "ln -s \"$TREE/rtee\" link; ./link one 'two three'")]
    [InlineData("relative", "ln -s \"a clone 'with' spaces/rtee\" link; cd /; \"$FOLDER/link\" one 'two three'")]
    [InlineData("of a link", "ln -s \"$TREE/rtee\" first; ln -s first link; ./link one 'two three'")]
    [InlineData("to the folder", "ln -s \"$TREE\" link; ./link/rtee one 'two three'")]
    [InlineData("on the path", "ln -s \"$TREE/rtee\" link; PATH=\"$FOLDER:$PATH\"; cd /; link one 'two three'")]
    [InlineData("none", "cd \"$TREE\"; ./rtee one 'two three'")]
    public void Runs_what_it_built_through_a_link(string kind, string script)
    {
        Rtee.Result result = Shell.Run(
            $"cd \"$FOLDER\"; {script}", new Dictionary<string, string> { ["FOLDER"] = _folder.Path, ["TREE"] = _tree });

        Assert.True(result.Output == "ran|one|two three|", $"{kind}: {result.Output}{result.Errors}");
    }

    [Theory]
    [InlineData(true, "fast|one|")]
    [InlineData(false, "ran|one|")]
    public void The_form_that_was_compiled_for_one_runtime_runs_only_with_that_runtime(bool isNamed, string expected)
    {
        string runtime = Directory.CreateDirectory(Path.Combine(_folder.Path, "dotnet", "shared", "Microsoft.NETCore.App", "10.0.1")).FullName;
        File.WriteAllText(Path.Combine(runtime, "System.Private.CoreLib.dll"), "");
        string fast = Directory.CreateDirectory(Path.Combine(_tree, "artifacts", "rtee", "one-runtime")).FullName;
        Shell.Program(Path.Combine(fast, "rtee"), $"[ \"$DOTNET_ROOT\" = '{Path.Combine(_folder.Path, "dotnet")}' ] && printf '%s|' fast \"$@\"");
        if (isNamed)
            File.WriteAllText(Path.Combine(fast, ".runtime"), runtime + "\n");

        Rtee.Result result = Shell.Run("\"$TREE/rtee\" one", new Dictionary<string, string> { ["TREE"] = _tree });

        Assert.True(result.Output == expected, result.Output + result.Errors);
    }

    public void Dispose() => _folder.Dispose();
}
