using RestrictedTee.Sdk;
using static RestrictedTee.Tests.SystemCalls.Errors.ErrorRow;

namespace RestrictedTee.Tests.SystemCalls.Errors;

/// <summary>Properties, panics, memory and time (GPD_SPE_010 sections 4.4 to 4.11 and chapter 7).</summary>
internal static class FrameworkErrors
{
    private const PropertySet Tee = PropertySet.TeeImplementation;
    private const string Text = "gpd.tee.apiversion";
    private const string Missing = "gpd.tee.nothing";

    internal static IReadOnlyList<ErrorRow> Rows { get; } =
    [
        Refuses("TEE_GetPropertyAsString", "a name that there is none of", TeeResult.ItemNotFound, () => TeeProperties.GetString(Tee, Missing)),
        Refuses("TEE_GetPropertyAsString", "a set that there is none of", TeeResult.ItemNotFound, () => TeeProperties.GetString((PropertySet)7, Text)),
        Refuses("TEE_GetPropertyAsBool", "a name that there is none of", TeeResult.ItemNotFound, () => TeeProperties.GetBoolean(Tee, Missing)),
        Refuses("TEE_GetPropertyAsBool", "another type", TeeResult.BadFormat, () => TeeProperties.GetBoolean(Tee, Text)),
        Refuses("TEE_GetPropertyAsU32", "a name that there is none of", TeeResult.ItemNotFound, () => TeeProperties.GetUInt32(Tee, Missing)),
        Refuses("TEE_GetPropertyAsU32", "another type", TeeResult.BadFormat, () => TeeProperties.GetUInt32(Tee, Text)),
        Refuses("TEE_GetPropertyAsU64", "a name that there is none of", TeeResult.ItemNotFound, () => TeeProperties.GetUInt64(Tee, Missing)),
        Refuses("TEE_GetPropertyAsU64", "another type", TeeResult.BadFormat, () => TeeProperties.GetUInt64(Tee, Text)),
        Refuses("TEE_GetPropertyAsUUID", "a name that there is none of", TeeResult.ItemNotFound, () => TeeProperties.GetUuid(Tee, Missing)),
        Refuses("TEE_GetPropertyAsUUID", "another type", TeeResult.BadFormat, () => TeeProperties.GetUuid(Tee, Text)),
        Refuses("TEE_GetPropertyAsIdentity", "a name that there is none of", TeeResult.ItemNotFound, () => TeeProperties.GetIdentity(Tee, Missing)),
        Refuses("TEE_GetPropertyAsIdentity", "another type", TeeResult.BadFormat, () => TeeProperties.GetIdentity(Tee, Text)),
        Refuses("TEE_GetPropertyAsBinaryBlock", "a name that there is none of", TeeResult.ItemNotFound, () => TeeProperties.GetBinaryBlock(Tee, Missing)),
        Refuses("TEE_GetPropertyAsBinaryBlock", "another type", TeeResult.BadFormat, () => TeeProperties.GetBinaryBlock(Tee, Text)),
        new("TEE_StartPropertyEnumerator", "a set that there is none of", "0", () => TeeProperties.Of((PropertySet)7).Count().ToString()),
        Panics("TEE_Panic", "a TA that wants to", () => Sdk.Tee.Panic(0x1234), (TeeResult)0x1234) with { Wanted = "panics with 0x1234" },

        Panics("TEE_InvokeTACommand", "a session that is closed", InvokeClosed),

        new("TEE_CheckMemoryAccessRights", "memory that must be the normal world's", "AccessDenied", () => TeeMemory.CheckAccessRights(MemoryAccess.NonSecure, new byte[1]).ToString()),
        new("TEE_CheckMemoryAccessRights", "a right that there is none of", "BadParameters", () => TeeMemory.CheckAccessRights((MemoryAccess)0x40, new byte[1]).ToString()),
        Refuses("TEE_Malloc", "more than there is", TeeResult.OutOfMemory, () => SecureMemory.Allocate(int.MaxValue)),
        Refuses("TEE_Malloc", "a size below zero", TeeResult.OutOfMemory, () => SecureMemory.Allocate(-1)),
        Refuses("TEE_Malloc", "a hint that there is none of", TeeResult.BadParameters, () => SecureMemory.Allocate(1, (MallocHints)0x80)),
        Panics("TEE_Malloc", "memory that is shared and need not be zeroed", () => SecureMemory.Allocate(1, MallocHints.NoFill)),
        Refuses("TEE_Malloc", "more blocks than there is memory for", TeeResult.OutOfMemory, () => { while (true) SecureMemory.Allocate(4096); }),
        Refuses("TEE_Realloc", "more than there is", TeeResult.OutOfMemory, () => SecureMemory.Allocate(1).Reallocate(int.MaxValue)),

        new("TEE_GetTAPersistentTime", "a time that nobody has set", "TimeNotSet", () => TeeClock.TryGetPersistent(out _).ToString()),
        Panics("TEE_SetTAPersistentTime", "1000 milliseconds", () => TeeClock.SetPersistent(new TeeTime(1, 1000))),
    ];

    private static void InvokeClosed()
    {
        var operation = default(TaOperation);
        new TaClientSession(0).TryInvoke(0, ref operation, out _);
    }
}
