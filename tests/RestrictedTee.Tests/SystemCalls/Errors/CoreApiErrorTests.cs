using RestrictedTee.Sdk;
using RestrictedTee.Tests.Crypto;
using RestrictedTee.Tests.Kernel;

namespace RestrictedTee.Tests.SystemCalls.Errors;

/// <summary>The documented errors and panics of every function of the Internal Core API, one row a case.</summary>
public sealed class CoreApiErrorTests
{
    private static readonly IReadOnlyList<ErrorRow> Rows = [.. FrameworkErrors.Rows, .. ObjectErrors.Rows, .. OperationErrors.Rows, .. KeyedErrors.Rows, .. ArithmeticErrors.Rows];

    /// <summary>Functions that have neither errors nor panics, in C# at least.</summary>
    private static readonly string[] CannotFail =
    [
        "TEE_AllocatePropertyEnumerator", "TEE_FreePropertyEnumerator", "TEE_GetNextProperty", "TEE_GetPropertyName", "TEE_ResetPropertyEnumerator", "TEE_GetCancellationFlag",
        "TEE_MaskCancellation", "TEE_UnmaskCancellation", "TEE_Free", "TEE_GetInstanceData", "TEE_SetInstanceData", "TEE_MemCompare", "TEE_MemFill", "TEE_MemMove", "TEE_CloseObject",
        "TEE_FreeTransientObject", "TEE_FreeOperation", "TEE_GetOperationInfo", "TEE_GetOperationInfoMultiple", "TEE_IsAlgorithmSupported", "TEE_GenerateRandom", "TEE_GetSystemTime",
        "TEE_BigIntFMMContextSizeInU32", "TEE_BigIntFMMSizeInU32", "TEE_BigIntCmp", "TEE_BigIntCmpS32", "TEE_BigIntGetBitCount", "TEE_BigIntIsProbablePrime", "TEE_BigIntRelativePrime",
    ];

    /// <summary>Functions that reach beyond the calling instance, with the tests that have a whole TEE for that.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["TEE_OpenTASession"] = nameof(NestedCancellationTests),
        ["TEE_CloseTASession"] = nameof(MemrefRightsTests),
        ["TEE_GetREETime"] = nameof(RpcTests),
        ["TEE_Wait"] = nameof(NestedCancellationTests),
    };

    public static TheoryData<string> Names => [.. Rows.Select(NameOf)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_fails_as_it_says(string name)
    {
        ErrorRow row = Rows.Single(candidate => NameOf(candidate) == name);
        string seen = "";

        SdkThread.Run(() => seen = row.Seen());

        Assert.Equal(row.Wanted, seen);
    }

    [Fact]
    public void Every_function_has_a_row_or_a_reason_to_have_none()
    {
        IEnumerable<string> there = GpFunctionTable.Chapters.SelectMany(chapter => chapter.Functions).Where(function => function.Members.Count != 0).Select(function => function.Name);

        IEnumerable<string> held = Rows.Select(row => row.Function).Distinct().Concat(CannotFail).Concat(Elsewhere.Keys);

        Assert.Equal(there.Order(StringComparer.Ordinal), held.Order(StringComparer.Ordinal));
    }

    private static string NameOf(ErrorRow row) => $"{row.Function}: {row.What}";
}
