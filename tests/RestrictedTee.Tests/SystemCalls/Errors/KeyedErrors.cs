using RestrictedTee.Sdk;
using static RestrictedTee.Tests.SystemCalls.Errors.ErrorRow;

namespace RestrictedTee.Tests.SystemCalls.Errors;

/// <summary>Authenticated encryption, pairs of keys and derivation (GPD_SPE_010 sections 6.6 to 6.8).</summary>
internal static class KeyedErrors
{
    internal static IReadOnlyList<ErrorRow> Rows { get; } =
    [
        Panics("TEE_AEInit", "no key", () => AeOperation.Allocate(TeeAlgorithm.AesGcm, OperationMode.Encrypt, 128).Init(new byte[12], 128)),
        Panics("TEE_AEInit", "after the first payload", () =>
        {
            AeOperation gcm = Given.Ae();
            gcm.Update([1], new byte[1]);
            gcm.Init(new byte[12], 128);
        }),
        Panics("TEE_AEInit", "no nonce", () => Given.Ae(begun: false).Init([], 128)),
        Panics("TEE_AEInit", "a nonce of CCM short by one", () => Given.Ae(TeeAlgorithm.AesCcm, begun: false).Init(new byte[6], 128)),
        Panics("TEE_AEInit", "a nonce of CCM long by one", () => Given.Ae(TeeAlgorithm.AesCcm, begun: false).Init(new byte[14], 128)),
        Refuses("TEE_AEInit", "a tag short by a bit", TeeResult.NotSupported, () => Given.Ae(begun: false).Init(new byte[12], 127)),
        Refuses("TEE_AEInit", "a tag that there is none of", TeeResult.NotSupported, () => Given.Ae(begun: false).Init(new byte[12], 24)),
        Refuses("TEE_AEInit", "a tag below zero", TeeResult.NotSupported, () => Given.Ae(begun: false).Init(new byte[12], -8)),
        Panics("TEE_AEUpdateAAD", "before it has begun", () => Given.Ae(begun: false).UpdateAad([1])),
        Panics("TEE_AEUpdateAAD", "more than was told to CCM", () => Given.Ae(TeeAlgorithm.AesCcm, aad: 4).UpdateAad(new byte[5])),
        Panics("TEE_AEUpdateAAD", "after the first payload", () =>
        {
            AeOperation gcm = Given.Ae();
            gcm.Update(new byte[16], new byte[16]);
            gcm.UpdateAad([1]);
        }, TeeResult.BadState),
        Panics("TEE_AEUpdate", "before it has begun", () => Given.Ae(begun: false).Update(new byte[16], new byte[16])),
        Panics("TEE_AEUpdate", "more than was told to CCM", () => Given.Ae(TeeAlgorithm.AesCcm, payload: 4).Update(new byte[5], new byte[5])),
        Panics("TEE_AEUpdate", "a destination that begins within the source", () =>
        {
            byte[] both = new byte[48];
            Given.Ae().Update(both.AsSpan(0, 32), both.AsSpan(1, 32));
        }),
        Short("TEE_AEUpdate", "a destination short by one", 32, () =>
        {
            AeOperation gcm = Given.Ae();
            return room => (gcm.TryUpdate(new byte[32], room, out int size), size);
        }),
        Panics("TEE_AEEncryptFinal", "before it has begun", () => Given.Ae(begun: false).EncryptFinal([], [], new byte[16])),
        Panics("TEE_AEEncryptFinal", "less than was told to CCM", () => Given.Ae(TeeAlgorithm.AesCcm, payload: 4).EncryptFinal(new byte[3], new byte[3], new byte[16])),
        Panics("TEE_AEEncryptFinal", "an operation that is to decrypt", () => Given.Ae(mode: OperationMode.Decrypt).EncryptFinal([], [], new byte[16])),
        Short("TEE_AEEncryptFinal", "a destination short by one", 32, () =>
        {
            AeOperation gcm = Given.Ae();
            return room => (gcm.TryEncryptFinal(new byte[32], room, out int size, new byte[16], out _), size);
        }),
        Short("TEE_AEEncryptFinal", "a tag's buffer short by one", 16, () =>
        {
            AeOperation gcm = Given.Ae();
            return room => (gcm.TryEncryptFinal(new byte[32], new byte[32], out _, room, out int size), size);
        }),
        Panics("TEE_AEDecryptFinal", "before it has begun", () => Given.Ae(mode: OperationMode.Decrypt, begun: false).TryDecryptFinal([], [], out _, new byte[16])),
        Panics("TEE_AEDecryptFinal", "an operation that is to encrypt", () => Given.Ae().TryDecryptFinal([], [], out _, new byte[16])),
        new("TEE_AEDecryptFinal", "a tag of another message", "MacInvalid", () => Given.Ae(mode: OperationMode.Decrypt).TryDecryptFinal(new byte[16], new byte[16], out _, new byte[16]).ToString()),
        new("TEE_AEDecryptFinal", "a tag short by one", "MacInvalid", () => Decrypt(tag => tag[..^1])),
        new("TEE_AEDecryptFinal", "a tag long by one", "MacInvalid", () => Decrypt(tag => [.. tag, 0])),
        new("TEE_AEDecryptFinal", "the tag itself", "Success", () => Decrypt(tag => tag)),

        Panics("TEE_AsymmetricEncrypt", "no key", () => AsymmetricOperation.Allocate(TeeAlgorithm.RsaesPkcs1, OperationMode.Encrypt, 1024).Encrypt([1], new byte[128])),
        Panics("TEE_AsymmetricEncrypt", "an operation that is to decrypt", () => Given.Asymmetric(TeeAlgorithm.RsaesPkcs1, OperationMode.Decrypt, Given.Rsa()).Encrypt([1], new byte[128])),
        Refuses("TEE_AsymmetricEncrypt", "a message long by one", TeeResult.BadParameters, () => Given.Asymmetric(TeeAlgorithm.RsaesPkcs1, OperationMode.Encrypt, Given.Rsa()).Encrypt(new byte[128 - 11 + 1], new byte[128])),
        Short("TEE_AsymmetricEncrypt", "a destination short by one", 128, () =>
        {
            AsymmetricOperation rsa = Given.Asymmetric(TeeAlgorithm.RsaesPkcs1, OperationMode.Encrypt, Given.Rsa());
            return room => (rsa.TryEncrypt([1], room, out int size), size);
        }),
        Panics("TEE_AsymmetricDecrypt", "no key", () => AsymmetricOperation.Allocate(TeeAlgorithm.RsaesPkcs1, OperationMode.Decrypt, 1024).Decrypt(new byte[128], new byte[128])),
        Refuses("TEE_AsymmetricDecrypt", "a ciphertext short by one", TeeResult.BadParameters, () => Given.Asymmetric(TeeAlgorithm.RsaesPkcs1, OperationMode.Decrypt, Given.Rsa()).Decrypt(new byte[127], new byte[128])),
        Panics("TEE_AsymmetricSignDigest", "no key", () => AsymmetricOperation.Allocate(TeeAlgorithm.EcdsaSha256, OperationMode.Sign, 256).SignDigest(new byte[32], new byte[64])),
        Panics("TEE_AsymmetricSignDigest", "a digest short by one", () => Given.Asymmetric(TeeAlgorithm.RsassaPkcs1Sha256, OperationMode.Sign, Given.Rsa()).SignDigest(new byte[31], new byte[128])),
        Panics("TEE_AsymmetricSignDigest", "no digest", () => Given.Signer().SignDigest([], new byte[64])),
        Panics("TEE_AsymmetricSignDigest", "an operation that is to verify", () => Given.Verifier().SignDigest(new byte[32], new byte[64])),
        Short("TEE_AsymmetricSignDigest", "a buffer short by one", 64, () =>
        {
            AsymmetricOperation signer = Given.Signer();
            return room => (signer.TrySignDigest(new byte[32], room, out int size), size);
        }),
        Panics("TEE_AsymmetricVerifyDigest", "no key", () => AsymmetricOperation.Allocate(TeeAlgorithm.EcdsaSha256, OperationMode.Verify, 256).VerifyDigest(new byte[32], new byte[64])),
        Panics("TEE_AsymmetricVerifyDigest", "a digest long by one", () => Given.Asymmetric(TeeAlgorithm.RsassaPkcs1Sha256, OperationMode.Verify, Given.Rsa()).VerifyDigest(new byte[33], new byte[128])),
        Panics("TEE_AsymmetricVerifyDigest", "more than any digest", () => Given.Verifier().VerifyDigest(new byte[65], new byte[64])),
        new("TEE_AsymmetricVerifyDigest", "a signature of zeroes", "False", () => Given.Verifier().VerifyDigest(new byte[32], new byte[64]).ToString()),
        new("TEE_AsymmetricVerifyDigest", "no signature", "False", () => Given.Verifier().VerifyDigest(new byte[32], []).ToString()),
        Panics("TEE_DeriveKey", "no key", () => KeyDerivation.Allocate(TeeAlgorithm.X25519, 256).DeriveKey([], TransientObject.Allocate(ObjectType.GenericSecret, 256))),
        Panics("TEE_DeriveKey", "an object that has attributes", () => Given.Agreement().DeriveKey([], Given.Secret(ObjectType.GenericSecret))),
        Panics("TEE_DeriveKey", "an object of another type", () => Given.Agreement().DeriveKey([], TransientObject.Allocate(ObjectType.Aes, 256))),
        Panics("TEE_DeriveKey", "no public key", () => Given.Agreement().DeriveKey([], TransientObject.Allocate(ObjectType.GenericSecret, 256))),
    ];

    private static string Decrypt(Func<byte[], byte[]> change)
    {
        byte[] text = new byte[32], tag = new byte[16];
        Given.Ae().EncryptFinal(new byte[32], text, tag);
        return Given.Ae(mode: OperationMode.Decrypt).TryDecryptFinal(text, new byte[32], out _, change(tag)).ToString();
    }
}
