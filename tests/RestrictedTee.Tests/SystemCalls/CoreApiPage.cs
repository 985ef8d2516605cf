using System.Globalization;
using System.Text;
using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto;
using RestrictedTee.SecureWorld.Crypto.Algorithms;
using RestrictedTee.Tests.Crypto;
using RestrictedTee.Tests.Kernel;
using RestrictedTee.Tests.SystemCalls.Errors;

namespace RestrictedTee.Tests.SystemCalls;

/// <summary>docs/core-api.md, made of the tables that panics, dispatch and operations are made of.</summary>
internal static class CoreApiPage
{
    /// <summary>By chapter, which tests hold its functions to their errors and panics.</summary>
    private static readonly Dictionary<string, string[]> Tests = new()
    {
        ["4.4"] = [nameof(CoreApiErrorTests), nameof(PropertyTests)],
        ["4.8"] = [nameof(GpFunctionTests), nameof(MisbehaviourTests)],
        ["4.9"] = [nameof(CoreApiErrorTests), nameof(MemrefRightsTests), nameof(NestedCancellationTests)],
        ["4.10"] = [nameof(NestedCancellationTests)],
        ["4.11"] = [nameof(CoreApiErrorTests), nameof(TaMemoryTests)],
        ["5.5"] = [nameof(CoreApiErrorTests), nameof(ObjectRulesTests)],
        ["5.6"] = [nameof(CoreApiErrorTests), nameof(ObjectRulesTests), nameof(KeyGenerationTests)],
        ["6.2"] = [nameof(CoreApiErrorTests), nameof(OperationRulesTests), nameof(OperationInfoTests), nameof(OperationHandleTests)],
        ["6.3"] = [nameof(CoreApiErrorTests), nameof(OperationRulesTests), nameof(OperationTests)],
        ["6.4"] = [nameof(CoreApiErrorTests), nameof(OperationRulesTests), nameof(OperationTests)],
        ["6.5"] = [nameof(CoreApiErrorTests), nameof(OperationRulesTests), nameof(OperationTests)],
        ["6.6"] = [nameof(CoreApiErrorTests), nameof(OperationRulesTests), nameof(OperationInfoTests), nameof(StrictnessTests)],
        ["6.7"] = [nameof(CoreApiErrorTests), nameof(RsaTests), nameof(StrictnessTests)],
        ["6.8"] = [nameof(CoreApiErrorTests), nameof(DerivationTests)],
        ["6.9"] = [nameof(SystemCallTableTests)],
        ["7.2"] = [nameof(CoreApiErrorTests), nameof(PersistentTimesTests)],
        ["8"] = [nameof(CoreApiErrorTests), nameof(BigIntTests)],
    };

    /// <summary>By class of operation, which tests hold every algorithm of it, in one go and in pieces.</summary>
    private static readonly Dictionary<OperationClass, string[]> AlgorithmTests = new()
    {
        [OperationClass.Cipher] = [nameof(ProviderContractTests), nameof(ProviderPiecesTests), nameof(PiecesTests)],
        [OperationClass.Mac] = [nameof(ProviderContractTests), nameof(ProviderPiecesTests), nameof(PiecesTests)],
        [OperationClass.Digest] = [nameof(ProviderContractTests), nameof(ProviderPiecesTests), nameof(PiecesTests)],
        [OperationClass.AuthenticatedEncryption] = [nameof(ProviderContractTests), nameof(ProviderPiecesTests), nameof(PiecesTests)],
        [OperationClass.AsymmetricCipher] = [nameof(KeyedProviderTests)],
        [OperationClass.AsymmetricSignature] = [nameof(KeyedProviderTests)],
        [OperationClass.KeyDerivation] = [nameof(KeyedProviderTests)],
    };

    internal static string Make()
    {
        var page = new StringBuilder();
        page.Append("""
            # The Internal Core API

            GlobalPlatform's TEE Internal Core API v1.3.1 (GPD_SPE_010), function by function and algorithm by algorithm, each by the name that C has for
            it ([entry points, flags and the rest](#what-else-a-porter-looks-for)). Made from the tables of the code and the documentation of the SDK;
            `CoreApiPageTests` compares and, with `RTEE_WRITE_PAGES=1` in its environment, writes it. How to use it: [for the author of a trusted
            application](trusted-apps.md).

            ## Functions

            A panic in a function is told with its number, after GlobalPlatform's number of the specification: `10.0xe02` is TEE_CipherInit. A member
            whose name begins with `Try` gives the result instead of throwing it. Functions without a member are those of trusted storage, which is not there
            yet; what is deprecated in v1.3.1 is left out.


            """);
        foreach (GpChapter chapter in GpFunctionTable.Chapters)
        {
            page.Append($"### {chapter.Title} ({chapter.Section})\n\n| function | number | member | tests |\n|---|---|---|---|\n");
            foreach (GpFunction function in chapter.Functions)
                page.Append($"| `{function.Name}` | 0x{function.Number:x} | {Code(function.Members.Select(Shown))} | {(function.Members.Count == 0 ? "" : Code(TestsOf(chapter.Section)))} |\n");
            page.Append('\n');
        }

        page.Append("## Algorithms\n\nThe library that stands first is used where the machine has it.\n\n| name | algorithm | number | standard | libraries | tests |\n|---|---|---|---|---|---|\n");
        foreach (Algorithm row in AlgorithmTable.Rows)
            page.Append($"| {Documentation.CellOf(row.Id)} | `{row.Id}` | 0x{(uint)row.Id:x8} | {row.Standard} | {string.Join(", ", row.ProviderNames)} | {Code(AlgorithmTests[AlgorithmNumber.ClassOf(row.Id)])} |\n");
        page.Append("\n## Object types\n\nSizes are in bits; a secret is random bytes, for which no library is needed.\n\n| name | type | number | sizes | attributes | made by |\n|---|---|---|---|---|---|\n");
        foreach (ObjectTypeRow row in ObjectTypeTable.Rows)
            page.Append($"| {Documentation.CellOf(row.Type)} | `{row.Type}` | 0x{(uint)row.Type:x8} | {SizesOf(row)} | {Code(row.Attributes.Select(attribute => attribute.Id.ToString()))} | {string.Join(", ", row.Providers.Select(provider => provider.Name))} |\n");
        AppendMembers<AttributeId>(page, "Attributes");
        AppendMembers<TeeResult>(page, "Results");
        PorterTable.AppendTo(page);
        return page.ToString();
    }

    private static void AppendMembers<T>(StringBuilder page, string title)
        where T : struct, Enum
    {
        page.Append($"\n## {title}\n\n| name | number | member of `{typeof(T).Name}` |\n|---|---|---|\n");
        foreach (T member in Enum.GetValues<T>())
            page.Append($"| {Documentation.CellOf(member)} | 0x{Convert.ToUInt32(member, CultureInfo.InvariantCulture):x8} | `{member}` |\n");
    }

    private static string[] TestsOf(string section) => Tests.TryGetValue(section, out string[]? tests) ? tests : Tests[section.Split('.')[0]];

    private static string Shown(string member) => member.EndsWith("..ctor", StringComparison.Ordinal) ? $"new {member[..^6]}" : member;

    private static string SizesOf(ObjectTypeRow row) => row.MinSize == row.MaxSize ? $"{row.MinSize}" : $"{row.MinSize} to {row.MaxSize}{(row.Step == 1 ? "" : $", multiples of {row.Step}")}";

    private static string Code(IEnumerable<string> words) => string.Join(", ", words.Select(word => $"`{word}`"));
}
