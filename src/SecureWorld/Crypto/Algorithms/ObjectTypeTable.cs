using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.BouncyCastle;
using RestrictedTee.SecureWorld.Crypto.OpenSsl;

namespace RestrictedTee.SecureWorld.Crypto.Algorithms;

/// <summary>What objects there are (tee_cryp_obj_props in core/tee/tee_svc_cryp.c; sizes in bits).</summary>
internal static class ObjectTypeTable
{
    private const int MaxRsa = 4096; // CFG_CORE_BIGNUM_MAX_BITS

    private static readonly IReadOnlyList<KeyProvider> Rsa = [OpenSslKeys.Rsa, BouncyCastleRsaKey.Keys];
    private static readonly IReadOnlyList<KeyProvider> Dsa = [OpenSslKeys.Dsa, BouncyCastleFiniteField.Dsa];
    private static readonly IReadOnlyList<KeyProvider> Dh = [OpenSslKeys.Dh, BouncyCastleFiniteField.Dh];
    private static readonly IReadOnlyList<KeyProvider> Ec = [OpenSslKeys.Ec, BouncyCastleEcKeys.Ec];
    private static readonly IReadOnlyList<KeyProvider> Sm2 = [BouncyCastleEcKeys.Ec];
    private static readonly IReadOnlyList<KeyProvider> Raw = [OpenSslKeys.Raw(BouncyCastleEcKeys.IsPoint), BouncyCastleEcKeys.Raw];

    internal static IReadOnlyList<ObjectTypeRow> Rows { get; } =
    [
        Secret(ObjectType.Aes, 128, 256, 64),
        Secret(ObjectType.Des, 64, 64, 64) with { HasParity = true },
        Secret(ObjectType.Des3, 128, 192, 64) with { HasParity = true },
        Secret(ObjectType.Sm4, 128, 128, 128),
        Secret(ObjectType.HmacMd5, 64, 512, 8),
        Secret(ObjectType.HmacSha1, 80, 512, 8),
        Secret(ObjectType.HmacSha224, 112, 512, 8),
        Secret(ObjectType.HmacSha256, 192, 1024, 8),
        Secret(ObjectType.HmacSha384, 256, 1024, 8),
        Secret(ObjectType.HmacSha512, 256, 1024, 8),
        Secret(ObjectType.HmacSm3, 80, 1024, 8),
        Secret(ObjectType.HmacSha3Of224, 192, 1024, 8),
        Secret(ObjectType.HmacSha3Of256, 256, 1024, 8),
        Secret(ObjectType.HmacSha3Of384, 256, 1024, 8),
        Secret(ObjectType.HmacSha3Of512, 256, 1024, 8),
        Secret(ObjectType.GenericSecret, 0, 4096, 8),
        Secret(ObjectType.HkdfIkm, 0, 4096, 8, AttributeId.HkdfIkm),
        Secret(ObjectType.ConcatKdfZ, 0, 4096, 8, AttributeId.ConcatKdfZ),
        Secret(ObjectType.Pbkdf2Password, 0, 4096, 8, AttributeId.Pbkdf2Password),
        new(ObjectType.RsaPublicKey, 256, MaxRsa, 1, KeyAttributes.RsaPublic) { Providers = Rsa },
        new(ObjectType.RsaKeyPair, 256, MaxRsa, 1, KeyAttributes.RsaPair) { Providers = Rsa, PublicType = ObjectType.RsaPublicKey },
        new(ObjectType.DsaPublicKey, 512, 3072, 64, KeyAttributes.DsaPublic) { Providers = Dsa },
        new(ObjectType.DsaKeyPair, 512, 3072, 64, KeyAttributes.DsaPair) { Providers = Dsa, PublicType = ObjectType.DsaPublicKey },
        new(ObjectType.DhKeyPair, 256, 2048, 1, KeyAttributes.DhPair) { Providers = Dh },
        new(ObjectType.EcdsaPublicKey, 192, 521, 1, KeyAttributes.EcPublic) { Providers = Ec },
        new(ObjectType.EcdsaKeyPair, 192, 521, 1, KeyAttributes.EcPair) { Providers = Ec, PublicType = ObjectType.EcdsaPublicKey },
        new(ObjectType.EcdhPublicKey, 192, 521, 1, KeyAttributes.EcPublic) { Providers = Ec },
        new(ObjectType.EcdhKeyPair, 192, 521, 1, KeyAttributes.EcPair) { Providers = Ec, PublicType = ObjectType.EcdhPublicKey },
        new(ObjectType.Sm2DsaPublicKey, 256, 256, 1, KeyAttributes.Sm2Public) { Providers = Sm2 },
        new(ObjectType.Sm2DsaKeyPair, 256, 256, 1, KeyAttributes.Sm2Pair) { Providers = Sm2, PublicType = ObjectType.Sm2DsaPublicKey },
        new(ObjectType.Sm2KepPublicKey, 256, 256, 1, KeyAttributes.Sm2Public) { Providers = Sm2 },
        new(ObjectType.Sm2KepKeyPair, 256, 256, 1, KeyAttributes.Sm2Pair) { Providers = Sm2, PublicType = ObjectType.Sm2KepPublicKey },
        new(ObjectType.Sm2PkePublicKey, 256, 256, 1, KeyAttributes.Sm2Public) { Providers = Sm2 },
        new(ObjectType.Sm2PkeKeyPair, 256, 256, 1, KeyAttributes.Sm2Pair) { Providers = Sm2, PublicType = ObjectType.Sm2PkePublicKey },
        new(ObjectType.Ed25519PublicKey, 256, 256, 1, KeyAttributes.Raw(AttributeId.Ed25519PublicValue)) { Providers = Raw },
        new(ObjectType.Ed25519KeyPair, 256, 256, 1, KeyAttributes.Raw(AttributeId.Ed25519PrivateValue, AttributeId.Ed25519PublicValue)) { Providers = Raw, PublicType = ObjectType.Ed25519PublicKey },
        new(ObjectType.Ed448PublicKey, 456, 456, 1, KeyAttributes.Raw(AttributeId.Ed448PublicValue)) { Providers = Raw },
        new(ObjectType.Ed448KeyPair, 456, 456, 1, KeyAttributes.Raw(AttributeId.Ed448PrivateValue, AttributeId.Ed448PublicValue)) { Providers = Raw, PublicType = ObjectType.Ed448PublicKey },
        new(ObjectType.X25519PublicKey, 256, 256, 1, KeyAttributes.Raw(AttributeId.X25519PublicValue)) { Providers = Raw },
        new(ObjectType.X25519KeyPair, 256, 256, 1, KeyAttributes.Raw(AttributeId.X25519PrivateValue, AttributeId.X25519PublicValue)) { Providers = Raw, PublicType = ObjectType.X25519PublicKey },
        new(ObjectType.X448PublicKey, 448, 448, 1, KeyAttributes.Raw(AttributeId.X448PublicValue)) { Providers = Raw },
        new(ObjectType.X448KeyPair, 448, 448, 1, KeyAttributes.Raw(AttributeId.X448PrivateValue, AttributeId.X448PublicValue)) { Providers = Raw, PublicType = ObjectType.X448PublicKey },
    ];

    /// <summary>The row of a type, or null when the TEE does not have it.</summary>
    internal static ObjectTypeRow? Find(ObjectType type) => Rows.FirstOrDefault(row => row.Type == type);

    private static ObjectTypeRow Secret(ObjectType type, int minSize, int maxSize, int step, AttributeId attribute = AttributeId.SecretValue) =>
        new(type, minSize, maxSize, step, KeyAttributes.Secret(attribute));
}
