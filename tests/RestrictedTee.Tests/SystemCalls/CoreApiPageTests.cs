using System.Reflection;
using RestrictedTee.Sdk;
using RestrictedTee.Tests.Harness;

namespace RestrictedTee.Tests.SystemCalls;

/// <summary>The page is what the tables say, and names each thing as C does.</summary>
public sealed class CoreApiPageTests
{
    private const string WriteIt = "RTEE_WRITE_PAGES";
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<string, Type> Types = typeof(TrustedApp).Assembly.GetExportedTypes().ToDictionary(type => type.Name);

    [Fact]
    public void The_page_has_every_function_algorithm_and_object_type_of_the_tables()
    {
        string file = Path.Combine(Repository.Root, "docs", "core-api.md");
        string page = CoreApiPage.Make();
        if (Environment.GetEnvironmentVariable(WriteIt) == "1")
            File.WriteAllText(file, page);

        Assert.True(page == File.ReadAllText(file), $"docs/core-api.md is not what the tables say; run this test with {WriteIt}=1 to write it.");
    }

    [Theory]
    [InlineData(typeof(TeeAlgorithm), "TEE_ALG_")]
    [InlineData(typeof(ObjectType), "TEE_TYPE_")]
    [InlineData(typeof(AttributeId), "TEE_ATTR_")]
    [InlineData(typeof(TeeResult), "TEE_")]
    public void Each_constant_stands_on_the_page_by_the_name_that_c_has_for_it(Type type, string head)
    {
        string[] lines = CoreApiPage.Make().Split('\n');

        Assert.All(Enum.GetNames(type), member =>
        {
            string? name = Documentation.CNameOf(type, member);
            Assert.True(name?.StartsWith(head, StringComparison.Ordinal), $"The summary of {type.Name}.{member} does not begin with its {head}… name.");
            Assert.Contains(lines, line => line.StartsWith($"| `{name}`", StringComparison.Ordinal) && line.Contains($"| `{member}` |", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void The_constants_that_a_porter_looks_for_are_those_of_their_family() => Assert.All(PorterTable.Constants, row =>
    {
        (string Name, string Member)[] names = [.. PorterTable.NamesOf(row.Type)];
        string[] nameless = [.. Enum.GetNames(row.Type).Except(names.Select(pair => pair.Member))];

        Assert.All(nameless, member => Assert.Contains(member, (string[])["None", "All"]));
        Assert.All(names, pair => Assert.True(pair.Name.StartsWith(row.Family, StringComparison.Ordinal) || pair.Name == "TEE_CRYPTO_ELEMENT_NONE", pair.Name));
        Assert.NotEmpty(names);
    });

    [Fact]
    public void Each_entry_point_has_a_member_and_each_parameter_type_a_type()
    {
        Assert.All(PorterTable.EntryPoints, entry =>
        {
            string[] members = [.. PorterTable.MembersFor(entry)];
            Assert.NotEmpty(members);
            Assert.All(members, AssertIsThere);
        });
        Assert.All(Enum.GetNames<ParameterType>().Except([nameof(ParameterType.None)]), AssertIsThere);
    }

    [Fact]
    public void What_the_page_names_by_hand_is_there() => Assert.All(PorterTable.Others.SelectMany(row => row.Members), AssertIsThere);

    private static void AssertIsThere(string name)
    {
        string[] parts = name.Split('.');
        Assert.True(Types.TryGetValue(parts[0], out Type? type), name);
        Assert.True(parts.Length == 1 || type.GetMember(parts[1], Any).Any(member => member is not MethodBase { IsPrivate: true }), name);
    }
}
