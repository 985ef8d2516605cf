namespace RestrictedTee.Sdk;

/// <summary>A function of the Internal Core API, and by which members of this SDK it is had.</summary>
/// <param name="Number">Its number in a panic (GPD_SPE_010 annex A).</param>
/// <param name="Name">Its name.</param>
/// <param name="Members">Type and member; a constructor is "..ctor"; none where the function is not there yet.</param>
internal sealed record GpFunction(ushort Number, string Name, params IReadOnlyList<string> Members);

/// <summary>A chapter of the Internal Core API.</summary>
/// <param name="Section">Its number in GPD_SPE_010 v1.3.1.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Functions">Its functions, in the order of their numbers.</param>
internal sealed record GpChapter(string Section, string Title, IReadOnlyList<GpFunction> Functions);

/// <summary>
/// Every function of the Internal Core API but those that are deprecated. From it come the number that a panic tells, the page in docs/, and the
/// test that each member exists and says for which function it stands.
/// </summary>
internal static class GpFunctionTable
{
    /// <summary>GlobalPlatform's number of the specification, which goes before that of the function (annex A).</summary>
    internal const int Specification = 10;

    internal static IReadOnlyList<GpChapter> Chapters { get; } =
    [
        new("4.4", "Trusted core framework: properties",
        [
            new(0x201, "TEE_AllocatePropertyEnumerator", "TeeProperties.Of"),
            new(0x202, "TEE_FreePropertyEnumerator", "TeeProperties.Of"),
            new(0x203, "TEE_GetNextProperty", "TeeProperties.Of"),
            new(0x204, "TEE_GetPropertyAsBinaryBlock", "TeeProperties.GetBinaryBlock", "TeeProperty.AsBinaryBlock"),
            new(0x205, "TEE_GetPropertyAsBool", "TeeProperties.GetBoolean", "TeeProperty.AsBoolean"),
            new(0x206, "TEE_GetPropertyAsIdentity", "TeeProperties.GetIdentity", "TeeProperty.AsIdentity"),
            new(0x207, "TEE_GetPropertyAsString", "TeeProperties.GetString", "TeeProperty.AsString"),
            new(0x208, "TEE_GetPropertyAsU32", "TeeProperties.GetUInt32", "TeeProperty.AsUInt32"),
            new(0x209, "TEE_GetPropertyAsUUID", "TeeProperties.GetUuid", "TeeProperty.AsUuid"),
            new(0x20A, "TEE_GetPropertyName", "TeeProperty.Name"),
            new(0x20B, "TEE_ResetPropertyEnumerator", "TeeProperties.Of"),
            new(0x20C, "TEE_StartPropertyEnumerator", "TeeProperties.Of"),
            new(0x20D, "TEE_GetPropertyAsU64", "TeeProperties.GetUInt64", "TeeProperty.AsUInt64"),
        ]),
        new("4.8", "Panics",
        [
            new(0x301, "TEE_Panic", "Tee.Panic"),
        ]),
        new("4.9", "Internal client API",
        [
            new(0x401, "TEE_CloseTASession", "TaClientSession.Dispose"),
            new(0x402, "TEE_InvokeTACommand", "TaClientSession.Invoke", "TaClientSession.TryInvoke"),
            new(0x403, "TEE_OpenTASession", "TaClientSession.Open"),
        ]),
        new("4.10", "Cancellation",
        [
            new(0x501, "TEE_GetCancellationFlag", "Tee.CancellationRequested"),
            new(0x502, "TEE_MaskCancellation", "Tee.MaskCancellation"),
            new(0x503, "TEE_UnmaskCancellation", "Tee.UnmaskCancellation"),
        ]),
        new("4.11", "Memory",
        [
            new(0x601, "TEE_CheckMemoryAccessRights", "TeeMemory.CheckAccessRights"),
            new(0x602, "TEE_Free", "SecureMemory.Dispose"),
            new(0x603, "TEE_GetInstanceData", "TrustedApp"),
            new(0x604, "TEE_Malloc", "SecureMemory.Allocate"),
            new(0x605, "TEE_MemCompare", "TeeMemory.Compare"),
            new(0x606, "TEE_MemFill", "TeeMemory.Fill"),
            new(0x607, "TEE_MemMove", "TeeMemory.Move"),
            new(0x608, "TEE_Realloc", "SecureMemory.Reallocate"),
            new(0x609, "TEE_SetInstanceData", "TrustedApp"),
        ]),
        new("5.5", "Objects",
        [
            new(0x701, "TEE_CloseObject", "TransientObject.Dispose"),
            new(0x702, "TEE_GetObjectBufferAttribute", "TransientObject.GetBufferAttribute", "TransientObject.TryGetBufferAttribute"),
            new(0x704, "TEE_GetObjectValueAttribute", "TransientObject.GetValueAttribute"),
            new(0x706, "TEE_GetObjectInfo1", "TransientObject.Info"),
            new(0x707, "TEE_RestrictObjectUsage1", "TransientObject.RestrictUsage"),
        ]),
        new("5.6", "Transient objects",
        [
            new(0x801, "TEE_AllocateTransientObject", "TransientObject.Allocate"),
            new(0x803, "TEE_FreeTransientObject", "TransientObject.Dispose"),
            new(0x804, "TEE_GenerateKey", "TransientObject.GenerateKey"),
            new(0x805, "TEE_InitRefAttribute", "AttributeList.Add"),
            new(0x806, "TEE_InitValueAttribute", "AttributeList.Add"),
            new(0x807, "TEE_PopulateTransientObject", "TransientObject.Populate"),
            new(0x808, "TEE_ResetTransientObject", "TransientObject.Reset"),
            new(0x809, "TEE_CopyObjectAttributes1", "TransientObject.CopyAttributesFrom"),
        ]),
        new("5.7", "Persistent objects",
        [
            new(0x902, "TEE_CreatePersistentObject"),
            new(0x903, "TEE_OpenPersistentObject"),
            new(0x904, "TEE_RenamePersistentObject"),
            new(0x905, "TEE_CloseAndDeletePersistentObject1"),
        ]),
        new("5.8", "Enumeration of persistent objects",
        [
            new(0xA01, "TEE_AllocatePersistentObjectEnumerator"),
            new(0xA02, "TEE_FreePersistentObjectEnumerator"),
            new(0xA03, "TEE_GetNextPersistentObject"),
            new(0xA04, "TEE_ResetPersistentObjectEnumerator"),
            new(0xA05, "TEE_StartPersistentObjectEnumerator"),
        ]),
        new("5.9", "Data of persistent objects",
        [
            new(0xB01, "TEE_ReadObjectData"),
            new(0xB02, "TEE_SeekObjectData"),
            new(0xB03, "TEE_TruncateObjectData"),
            new(0xB04, "TEE_WriteObjectData"),
        ]),
        new("6.2", "Operations",
        [
            new(0xC01, "TEE_AllocateOperation", "CryptoOperation.AllocateAny", "DigestOperation.Allocate", "MacOperation.Allocate", "CipherOperation.Allocate", "AeOperation.Allocate", "AsymmetricOperation.Allocate", "KeyDerivation.Allocate"),
            new(0xC02, "TEE_CopyOperation", "DigestOperation.CopyFrom", "MacOperation.CopyFrom", "CipherOperation.CopyFrom", "AeOperation.CopyFrom", "AsymmetricOperation.CopyFrom", "KeyDerivation.CopyFrom"),
            new(0xC03, "TEE_FreeOperation", "CryptoOperation.Dispose"),
            new(0xC04, "TEE_GetOperationInfo", "CryptoOperation.Info"),
            new(0xC05, "TEE_ResetOperation", "CryptoOperation.Reset"),
            new(0xC06, "TEE_SetOperationKey", "CryptoOperation.SetKey"),
            new(0xC07, "TEE_SetOperationKey2", "CryptoOperation.SetKeys"),
            new(0xC08, "TEE_GetOperationInfoMultiple", "CryptoOperation.Keys", "CryptoOperation.OperationState"),
            new(0xC09, "TEE_IsAlgorithmSupported", "Tee.IsAlgorithmSupported"),
        ]),
        new("6.3", "Digests",
        [
            new(0xD01, "TEE_DigestDoFinal", "DigestOperation.DoFinal", "DigestOperation.TryDoFinal"),
            new(0xD02, "TEE_DigestUpdate", "DigestOperation.Update"),
            new(0xD03, "TEE_DigestExtract", "DigestOperation.Extract"),
        ]),
        new("6.4", "Symmetric ciphers",
        [
            new(0xE01, "TEE_CipherDoFinal", "CipherOperation.DoFinal", "CipherOperation.TryDoFinal"),
            new(0xE02, "TEE_CipherInit", "CipherOperation.Init"),
            new(0xE03, "TEE_CipherUpdate", "CipherOperation.Update", "CipherOperation.TryUpdate"),
        ]),
        new("6.5", "MACs",
        [
            new(0xF01, "TEE_MACCompareFinal", "MacOperation.CompareFinal"),
            new(0xF02, "TEE_MACComputeFinal", "MacOperation.ComputeFinal", "MacOperation.TryComputeFinal"),
            new(0xF03, "TEE_MACInit", "MacOperation.Init"),
            new(0xF04, "TEE_MACUpdate", "MacOperation.Update"),
        ]),
        new("6.6", "Authenticated encryption",
        [
            new(0x1001, "TEE_AEDecryptFinal", "AeOperation.TryDecryptFinal"),
            new(0x1002, "TEE_AEEncryptFinal", "AeOperation.EncryptFinal", "AeOperation.TryEncryptFinal"),
            new(0x1003, "TEE_AEInit", "AeOperation.Init"),
            new(0x1004, "TEE_AEUpdate", "AeOperation.Update", "AeOperation.TryUpdate"),
            new(0x1005, "TEE_AEUpdateAAD", "AeOperation.UpdateAad"),
        ]),
        new("6.7", "Asymmetric operations",
        [
            new(0x1101, "TEE_AsymmetricDecrypt", "AsymmetricOperation.Decrypt", "AsymmetricOperation.TryDecrypt"),
            new(0x1102, "TEE_AsymmetricEncrypt", "AsymmetricOperation.Encrypt", "AsymmetricOperation.TryEncrypt"),
            new(0x1103, "TEE_AsymmetricSignDigest", "AsymmetricOperation.SignDigest", "AsymmetricOperation.TrySignDigest"),
            new(0x1104, "TEE_AsymmetricVerifyDigest", "AsymmetricOperation.VerifyDigest"),
        ]),
        new("6.8", "Key derivation",
        [
            new(0x1201, "TEE_DeriveKey", "KeyDerivation.DeriveKey", "KeyDerivation.TryDeriveKey"),
        ]),
        new("6.9", "Random numbers",
        [
            new(0x1301, "TEE_GenerateRandom", "Tee.GenerateRandom"),
        ]),
        new("7.2", "Time",
        [
            new(0x1401, "TEE_GetREETime", "TeeClock.Ree", "Tee.ReeTime"),
            new(0x1402, "TEE_GetSystemTime", "TeeClock.System", "Tee.SystemTime"),
            new(0x1403, "TEE_GetTAPersistentTime", "TeeClock.TryGetPersistent"),
            new(0x1404, "TEE_SetTAPersistentTime", "TeeClock.SetPersistent"),
            new(0x1405, "TEE_Wait", "Tee.Wait"),
        ]),
        new("8.4", "Big integers: sizes and beginnings",
        [
            new(0x1501, "TEE_BigIntFMMContextSizeInU32", "FmmContext.SizeInU32"),
            new(0x1502, "TEE_BigIntFMMSizeInU32", "FmmNumber.SizeInU32"),
            new(0x1601, "TEE_BigIntInit", "BigInt..ctor"),
            new(0x1602, "TEE_BigIntInitFMM", "FmmNumber..ctor"),
            new(0x1604, "TEE_BigIntInitFMMContext1", "FmmContext..ctor"),
        ]),
        new("8.6", "Big integers: conversions",
        [
            new(0x1701, "TEE_BigIntConvertFromOctetString", "BigInt.TryConvertFromOctetString"),
            new(0x1702, "TEE_BigIntConvertFromS32", "BigInt.ConvertFromS32"),
            new(0x1703, "TEE_BigIntConvertToOctetString", "BigInt.TryConvertToOctetString"),
            new(0x1704, "TEE_BigIntConvertToS32", "BigInt.TryConvertToS32"),
        ]),
        new("8.7", "Big integers: bits",
        [
            new(0x1801, "TEE_BigIntCmp", "BigInt.Compare"),
            new(0x1802, "TEE_BigIntCmpS32", "BigInt.CompareS32"),
            new(0x1803, "TEE_BigIntGetBit", "BigInt.GetBit"),
            new(0x1804, "TEE_BigIntGetBitCount", "BigInt.BitCount"),
            new(0x1805, "TEE_BigIntShiftRight", "BigInt.ShiftRight"),
            new(0x1806, "TEE_BigIntSetBit", "BigInt.TrySetBit"),
            new(0x1807, "TEE_BigIntAssign", "BigInt.TryAssign"),
            new(0x1808, "TEE_BigIntAbs", "BigInt.TryAbs"),
        ]),
        new("8.8", "Big integers: arithmetic",
        [
            new(0x1901, "TEE_BigIntAdd", "BigInt.Add"),
            new(0x1902, "TEE_BigIntDiv", "BigInt.Div"),
            new(0x1903, "TEE_BigIntMul", "BigInt.Mul"),
            new(0x1904, "TEE_BigIntNeg", "BigInt.Neg"),
            new(0x1905, "TEE_BigIntSquare", "BigInt.Square"),
            new(0x1906, "TEE_BigIntSub", "BigInt.Sub"),
        ]),
        new("8.9", "Big integers: modular arithmetic",
        [
            new(0x1A01, "TEE_BigIntAddMod", "BigInt.AddMod"),
            new(0x1A02, "TEE_BigIntInvMod", "BigInt.InvMod"),
            new(0x1A03, "TEE_BigIntMod", "BigInt.Mod"),
            new(0x1A04, "TEE_BigIntMulMod", "BigInt.MulMod"),
            new(0x1A05, "TEE_BigIntSquareMod", "BigInt.SquareMod"),
            new(0x1A06, "TEE_BigIntSubMod", "BigInt.SubMod"),
            new(0x1A07, "TEE_BigIntExpMod", "BigInt.ExpMod"),
        ]),
        new("8.10", "Big integers: other",
        [
            new(0x1B01, "TEE_BigIntComputeExtendedGcd", "BigInt.ComputeExtendedGcd"),
            new(0x1B02, "TEE_BigIntIsProbablePrime", "BigInt.IsProbablePrime"),
            new(0x1B03, "TEE_BigIntRelativePrime", "BigInt.IsRelativePrime"),
        ]),
        new("8.11", "Fast modular multiplication",
        [
            new(0x1C01, "TEE_BigIntComputeFMM", "FmmNumber.Compute"),
            new(0x1C02, "TEE_BigIntConvertFromFMM", "FmmNumber.ConvertTo"),
            new(0x1C03, "TEE_BigIntConvertToFMM", "FmmNumber.ConvertFrom"),
        ]),
    ];

    private static IEnumerable<GpFunction> All => Chapters.SelectMany(chapter => chapter.Functions);

    /// <summary>A function by its name.</summary>
    internal static GpFunction Named(string name) => All.First(function => function.Name == name);

    /// <summary>The function that a member stands for; null for one that stands for none.</summary>
    /// <param name="owner">Its type; what several types have in common is their base's.</param>
    /// <param name="member">Its name.</param>
    internal static GpFunction? Find(string owner, string member)
    {
        string own = $"{owner}.{member}", common = $"CryptoOperation.{member}";
        return All.FirstOrDefault(function => function.Members.Contains(own)) ?? All.FirstOrDefault(function => function.Members.Contains(common));
    }
}
