using RestrictedTee.Sdk;
using static RestrictedTee.Tests.SystemCalls.Errors.ErrorRow;

namespace RestrictedTee.Tests.SystemCalls.Errors;

/// <summary>Objects (GPD_SPE_010 sections 5.5 and 5.6).</summary>
internal static class ObjectErrors
{
    internal static IReadOnlyList<ErrorRow> Rows { get; } =
    [
        Refuses("TEE_AllocateTransientObject", "a type that there is none of", TeeResult.NotSupported, () => TransientObject.Allocate((ObjectType)0xA00000FF, 128)),
        Refuses("TEE_AllocateTransientObject", "a size that the type does not have", TeeResult.NotSupported, () => TransientObject.Allocate(ObjectType.Aes, 129)),
        Refuses("TEE_AllocateTransientObject", "a size below zero", TeeResult.NotSupported, () => TransientObject.Allocate(ObjectType.GenericSecret, -8)),
        Refuses("TEE_AllocateTransientObject", "more objects than there is memory for", TeeResult.OutOfMemory, () => { while (true) TransientObject.Allocate(ObjectType.GenericSecret, 4096); }),
        Panics("TEE_PopulateTransientObject", "an object that was given back", () => Given.Stale().Populate(AttributeId.SecretValue, new byte[16]), TeeResult.ItemNotFound),
        Panics("TEE_PopulateTransientObject", "an object that has attributes", () => Given.Secret().Populate(AttributeId.SecretValue, new byte[16]), TeeResult.BadState),
        Panics("TEE_PopulateTransientObject", "no attributes", () => TransientObject.Allocate(ObjectType.Aes, 128).Populate([]), TeeResult.ItemNotFound),
        Panics("TEE_PopulateTransientObject", "an attribute of another type", () => TransientObject.Allocate(ObjectType.Aes, 128).Populate(AttributeId.RsaModulus, new byte[16]), TeeResult.ItemNotFound),
        Panics("TEE_PopulateTransientObject", "an attribute twice", () => TransientObject.Allocate(ObjectType.Aes, 128).Populate(new AttributeList { { AttributeId.SecretValue, new byte[16] }, { AttributeId.SecretValue, new byte[16] } }), TeeResult.ItemNotFound),
        Panics("TEE_PopulateTransientObject", "an attribute larger than the object", () => TransientObject.Allocate(ObjectType.Aes, 128).Populate(AttributeId.SecretValue, new byte[17]), TeeResult.BadState),
        Refuses("TEE_PopulateTransientObject", "a value of no key", TeeResult.BadParameters, () => TransientObject.Allocate(ObjectType.Aes, 256).Populate(AttributeId.SecretValue, new byte[17])),
        Panics("TEE_InitRefAttribute", "an attribute that is a value", () => new AttributeList().Add(AttributeId.EccCurve, new byte[8])),
        Panics("TEE_InitValueAttribute", "an attribute that is bytes", () => new AttributeList().Add(AttributeId.SecretValue, 1)),
        Panics("TEE_GenerateKey", "an object that was given back", () => Given.Stale().GenerateKey(128), TeeResult.ItemNotFound),
        Panics("TEE_GenerateKey", "an object that has attributes", () => Given.Secret().GenerateKey(128), TeeResult.BadState),
        Panics("TEE_GenerateKey", "a size beyond the object", () => TransientObject.Allocate(ObjectType.Aes, 128).GenerateKey(256), TeeResult.NotSupported),
        Panics("TEE_GenerateKey", "a size below zero", () => TransientObject.Allocate(ObjectType.Aes, 128).GenerateKey(-128), TeeResult.NotSupported),
        Panics("TEE_GenerateKey", "no curve where there must be one", () => TransientObject.Allocate(ObjectType.EcdsaKeyPair, 256).GenerateKey(256), TeeResult.ItemNotFound),
        Panics("TEE_GenerateKey", "a parameter of another type", () => TransientObject.Allocate(ObjectType.Aes, 128).GenerateKey(128, new AttributeList { { AttributeId.EccCurve, EccCurve.NistP256 } }), TeeResult.ItemNotFound),
        Panics("TEE_GetObjectInfo1", "an object that was given back", () => _ = Given.Stale().Info),
        Panics("TEE_RestrictObjectUsage1", "an object that was given back", () => Given.Stale().RestrictUsage(KeyUsage.Encrypt)),
        Panics("TEE_GetObjectBufferAttribute", "an object that was given back", () => Given.Stale().GetBufferAttribute(AttributeId.SecretValue, new byte[16])),
        Panics("TEE_GetObjectBufferAttribute", "an object without attributes", () => TransientObject.Allocate(ObjectType.Aes, 128).GetBufferAttribute(AttributeId.SecretValue, new byte[16])),
        Panics("TEE_GetObjectBufferAttribute", "an attribute that is a value", () => Given.Pair().GetBufferAttribute(AttributeId.EccCurve, new byte[8])),
        Panics("TEE_GetObjectBufferAttribute", "the secret of one that is not extractable", () =>
        {
            TransientObject key = Given.Secret();
            key.RestrictUsage(KeyUsage.Encrypt);
            key.GetBufferAttribute(AttributeId.SecretValue, new byte[16]);
        }),
        Refuses("TEE_GetObjectBufferAttribute", "an attribute that it does not have", TeeResult.ItemNotFound, () => Given.Secret().GetBufferAttribute(AttributeId.RsaModulus, new byte[16])),
        Short("TEE_GetObjectBufferAttribute", "a buffer short by one", 16, () =>
        {
            TransientObject key = Given.Secret();
            return room => (key.TryGetBufferAttribute(AttributeId.SecretValue, room, out int size), size);
        }),
        Panics("TEE_GetObjectValueAttribute", "an object that was given back", () => Given.Stale().GetValueAttribute(AttributeId.EccCurve)),
        Panics("TEE_GetObjectValueAttribute", "an attribute that is bytes", () => Given.Secret().GetValueAttribute(AttributeId.SecretValue)),
        Refuses("TEE_GetObjectValueAttribute", "an attribute that it does not have", TeeResult.ItemNotFound, () => Given.Secret().GetValueAttribute(AttributeId.EccCurve)),
        Panics("TEE_ResetTransientObject", "an object that was given back", () => Given.Stale().Reset()),
        Panics("TEE_CopyObjectAttributes1", "a source that was given back", () => TransientObject.Allocate(ObjectType.Aes, 128).CopyAttributesFrom(Given.Stale())),
        Panics("TEE_CopyObjectAttributes1", "a source without attributes", () => TransientObject.Allocate(ObjectType.Aes, 128).CopyAttributesFrom(TransientObject.Allocate(ObjectType.Aes, 128))),
        Panics("TEE_CopyObjectAttributes1", "a destination that has attributes", () => Given.Secret().CopyAttributesFrom(Given.Secret())),
        Panics("TEE_CopyObjectAttributes1", "another type", () => TransientObject.Allocate(ObjectType.HmacSha256, 256).CopyAttributesFrom(Given.Secret())),
        Panics("TEE_CopyObjectAttributes1", "a pair from its public half", () =>
        {
            TransientObject half = TransientObject.Allocate(ObjectType.EcdsaPublicKey, 256);
            half.CopyAttributesFrom(Given.Pair());
            TransientObject.Allocate(ObjectType.EcdsaKeyPair, 256).CopyAttributesFrom(half);
        }),
        Panics("TEE_CopyObjectAttributes1", "more than there is room for", () => TransientObject.Allocate(ObjectType.Aes, 128).CopyAttributesFrom(Given.Secret(bytes: 32))),
    ];
}
