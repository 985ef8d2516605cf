namespace RestrictedTee.Tests.Architecture;

/// <summary>What the layer test takes for a use of another folder, on sources small enough to see it.</summary>
public sealed class LayerScanTests
{
    private static readonly SourceFile Target = new("Target", "Target.cs", "namespace N.Target;\npublic sealed class Thing;\ninternal readonly record struct Value(int A);\ninternal delegate void Call<T>(T t);\n");
    private static readonly SourceFile Parent = new("Other", "Parent.cs", "namespace N.Other;\ninternal interface IBase\n{\n}\n");

    [Theory]
    [InlineData("using N.Target;\nnamespace N.Other;\n")]
    [InlineData("using static N.Target.Thing;\nnamespace N.Other;\n")]
    [InlineData("using T = N.Target.Value;\nnamespace N.Other;\n")]
    [InlineData("namespace N.Other;\nclass A { Target.Value v; }\n")]
    [InlineData("namespace N.Other.Deeper;\nclass A { void B(N.Target.Call<int> c) { } }\n")]
    public void A_using_line_or_a_qualified_name_is_a_use(string source) =>
        Assert.Contains(("Here", "Target", "Here.cs"), Scan(new SourceFile("Here", "Here.cs", source)));

    [Theory]
    [InlineData("namespace N.Other;\nclass A { int Target { get; } void B() => Target.ToString(); }\n")]
    [InlineData("namespace N.Other;\n// Target.Thing\nclass A { string S = \"Target.Thing\"; char C = '\"'; }\n")]
    [InlineData("namespace N.Other;\n/// <see cref=\"N.Target.Thing\"/>\nclass A;\n")]
    [InlineData("namespace N.Other;\nclass A { object O = x.Target.Thing; }\n")]
    public void A_property_a_comment_or_a_string_is_none(string source) =>
        Assert.DoesNotContain(Scan(new SourceFile("Here", "Here.cs", source)), use => use.To == "Target");

    [Fact]
    public void What_an_enclosing_namespace_declares_is_used_without_a_using_line()
    {
        var file = new SourceFile("Other/Deeper", "Here.cs", "namespace N.Other.Deeper;\nclass A : IBase;\n");

        Assert.Equal([("Other/Deeper", "Other", "Here.cs")], Scan(file));
    }

    [Fact]
    public void A_using_line_of_a_library_is_no_use_of_the_program()
    {
        var program = new SourceFile(".", "Program.cs", "using N.Other;\nreturn 0;\n");

        Assert.Empty(new FolderUses([program, new SourceFile("Here", "Here.cs", "using Serilog;\nnamespace N.Here;\n")]).All());
    }

    [Fact]
    public void A_namespace_over_several_folders_is_told_apart_by_its_types()
    {
        var one = new SourceFile("One", "One.cs", "namespace M;\nclass OneThing;\n");
        var two = new SourceFile("Two", "Two.cs", "namespace M;\nclass TwoThing { OneThing o; }\n");

        Assert.Equal([("Two", "One", "Two.cs")], new FolderUses([one, two]).All());
    }

    [Fact]
    public void A_circle_is_found_and_named()
    {
        Assert.Null(FolderTable.FindCycle([("a", "b"), ("b", "c"), ("a", "c")]));
        Assert.Equal("b -> c -> d -> b", FolderTable.FindCycle([("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]));
    }

    [Fact]
    public void A_row_of_what_has_no_row_is_refused()
    {
        const string Page = "## Folders inside a project\n\n### `src/P`\n\n| folder | is | may use |\n|---|---|---|\n| `A` | x | nothing |\n| `B` | y | `A`, `C` |\n\n## More\n";

        Assert.Contains("'C', which has no row", Assert.Throws<InvalidDataException>(() => new FolderTable(Page)).Message, StringComparison.Ordinal);
        Assert.Equal(["A"], new FolderTable(Page.Replace(", `C`", "", StringComparison.Ordinal)).Projects["src/P"]["B"]);
    }

    private static IEnumerable<(string From, string To, string File)> Scan(SourceFile file) => new FolderUses([Target, Parent, file]).All();
}
