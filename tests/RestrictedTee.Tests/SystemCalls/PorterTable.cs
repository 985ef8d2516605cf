using System.Text;
using RestrictedTee.NormalWorld.Uapi;
using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.SystemCalls;

/// <summary>
/// What a TA in C names besides functions, algorithms, objects and results. Constants are told from the SDK; what C has no constant for is written here, and
/// <see cref="CoreApiPageTests"/> looks whether it is there.
/// </summary>
internal static class PorterTable
{
    /// <summary>GPD_SPE_010 section 4.3, in its order.</summary>
    internal static IReadOnlyList<string> EntryPoints { get; } =
        ["TA_CreateEntryPoint", "TA_DestroyEntryPoint", "TA_OpenSessionEntryPoint", "TA_CloseSessionEntryPoint", "TA_InvokeCommandEntryPoint"];

    /// <summary>Constants, by the head of their names.</summary>
    internal static IReadOnlyList<(string Family, Type Type)> Constants { get; } =
    [
        ("TA_FLAG_", typeof(TaFlags)),
        ("TEE_PARAM_TYPE_", typeof(ParameterType)),
        ("TEE_PROPSET_", typeof(PropertySet)),
        ("TEE_ORIGIN_", typeof(TeeOrigin)),
        ("TEE_USAGE_", typeof(KeyUsage)),
        ("TEE_HANDLE_FLAG_", typeof(HandleState)),
        ("TEE_MODE_", typeof(OperationMode)),
        ("TEE_OPERATION_", typeof(OperationClass)),
        ("TEE_OPERATION_STATE_", typeof(OperationState)),
        ("TEE_ECC_CURVE_", typeof(EccCurve)),
        ("TEE_MEMORY_ACCESS_", typeof(MemoryAccess)),
        ("TEE_MALLOC_", typeof(MallocHints)),
    ];

    /// <summary>Types, and what is a macro in C.</summary>
    internal static IReadOnlyList<(string Names, string[] Members)> Others { get; } =
    [
        ("`TEE_Param`", ["ValueInput", "ValueOutput", "ValueInOut", "MemrefInput", "MemrefOutput", "MemrefInOut", "RawParameters"]),
        ("`TEE_PARAM_TYPES`, `TEE_PARAM_TYPE_GET`", ["ParameterTypes.Of", "RawParameters.Types"]),
        ("`TEE_Identity`", ["TeeIdentity"]),
        ("`TEE_Time`", ["TeeTime"]),
        ("`TEE_Attribute`", ["AttributeList"]),
        ("`TEE_ObjectHandle`, `TEE_ObjectInfo`", ["TransientObject", "TeeObjectInfo"]),
        ("`TEE_OperationHandle`, `TEE_OperationInfo`", ["CryptoOperation", "TeeOperationInfo"]),
        ("`TEE_TASessionHandle`, `TEE_TIMEOUT_INFINITE`", ["TaClientSession", "TaClientSession.InfiniteTimeout"]),
        ("`sessionContext`", ["TaSession.Context"]),
        ("`TA_UUID`, `TA_FLAGS`, `TA_DATA_SIZE`, `TA_VERSION`, `TA_DESCRIPTION`", ["TrustedAppAttribute.Uuid", "TrustedAppAttribute.Flags", "TrustedAppAttribute.DataSize", "TrustedAppAttribute.Version", "TrustedAppAttribute.Description"]),
        ("`TA_CURRENT_TA_EXT_PROPERTIES`", ["TaPropertyAttribute"]),
        ("`EMSG`, `IMSG`, `DMSG`", ["Tee.Trace", "TraceLevel"]),
    ];

    internal static void AppendTo(StringBuilder page)
    {
        page.Append("""

            ## What else a porter looks for

            A command is a method with `[Command(number)]`, whose parameters have the types of which C checks the numbers first: `ValueInput` and so on, and
            none for `TEE_PARAM_TYPE_NONE`. Constants follow their type, each as "in C" is "here".

            | name | here |
            |---|---|

            """);
        foreach (string entry in EntryPoints)
            page.Append($"| `{entry}` | {string.Join(", ", MembersFor(entry).Select(member => $"`{member}`"))} |\n");
        foreach ((string family, Type type) in Constants)
            page.Append($"| `{family}*` | `{type.Name}`: {string.Join(", ", NamesOf(type).Select(pair => $"`{pair.Name}` is `{pair.Member}`"))} |\n");
        page.Append($"| `TEE_LOGIN_*` | `TeeIdentity.Login`, a number: {string.Join(", ", Logins().Select(pair => $"`{pair.Name}` is 0x{pair.Number:x}"))}; ");
        page.Append($"`{Documentation.CNameOf(typeof(TeeIdentity), nameof(TeeIdentity.LoginTrustedApp))}` is `TeeIdentity.{nameof(TeeIdentity.LoginTrustedApp)}` |\n");
        page.Append("| `TEE_SUCCESS`, `TEE_ERROR_*` | `TeeResult`, [above](#results), returned or in a `TeeException` |\n| `TEE_UUID` | `Guid` |\n");
        foreach ((string names, string[] members) in Others)
            page.Append($"| {names} | {string.Join(", ", members.Select(member => $"`{member}`"))} |\n");
    }

    /// <summary>The members and attributes whose words tell of an entry point.</summary>
    internal static IEnumerable<string> MembersFor(string entryPoint) => Documentation.Of(typeof(TrustedApp).Assembly)
        .Where(entry => entry.Value.Contains(entryPoint, StringComparison.Ordinal) && !entry.Key.Contains("#ctor", StringComparison.Ordinal))
        .OrderByDescending(entry => entry.Key[0]) // types before members: an attribute is what one reaches for first
        .Select(entry => entry.Key.Split('(')[0]["T:RestrictedTee.Sdk.".Length..]);

    /// <summary>The constants of an enum that C has a name for: all but "nothing" and "everything".</summary>
    internal static IEnumerable<(string Name, string Member)> NamesOf(Type type) =>
        Enum.GetNames(type).Select(member => (Name: Documentation.CNameOf(type, member)!, Member: member)).Where(pair => pair.Name is not null);

    /// <summary>The client chooses a login by the numbers that the TA is told.</summary>
    private static IEnumerable<(string Name, uint Number)> Logins() =>
        Enum.GetValues<TeecLogin>().Select(login => (Documentation.CNameOf(typeof(TeecLogin), login.ToString())!.Replace("TEEC_", "TEE_", StringComparison.Ordinal), (uint)login));
}
