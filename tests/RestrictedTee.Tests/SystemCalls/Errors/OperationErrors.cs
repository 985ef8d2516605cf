using RestrictedTee.Sdk;
using static RestrictedTee.Tests.SystemCalls.Errors.ErrorRow;

namespace RestrictedTee.Tests.SystemCalls.Errors;

/// <summary>Operations of every kind, and digests, ciphers and MACs (GPD_SPE_010 sections 6.2 to 6.5).</summary>
internal static class OperationErrors
{
    internal static IReadOnlyList<ErrorRow> Rows { get; } =
    [
        Refuses("TEE_AllocateOperation", "an algorithm that there is none of", TeeResult.NotSupported, () => CryptoOperation.AllocateAny((TeeAlgorithm)0x12345678, OperationMode.Encrypt, 128)),
        Refuses("TEE_AllocateOperation", "a mode that is another class'", TeeResult.NotSupported, () => CryptoOperation.AllocateAny(TeeAlgorithm.AesCtr, OperationMode.Mac, 128)),
        Refuses("TEE_AllocateOperation", "a mode that there is none of", TeeResult.NotSupported, () => CryptoOperation.AllocateAny(TeeAlgorithm.AesCtr, (OperationMode)99, 128)),
        Refuses("TEE_AllocateOperation", "a size that no key has", TeeResult.NotSupported, () => CryptoOperation.AllocateAny(TeeAlgorithm.AesCtr, OperationMode.Encrypt, 129)),
        Refuses("TEE_AllocateOperation", "more operations than there is memory for", TeeResult.OutOfMemory, () => { while (true) MacOperation.Allocate(TeeAlgorithm.HmacSha512, 1024); }),
        Panics("TEE_CopyOperation", "another algorithm", () => Given.Cipher().CopyFrom(Given.Cipher(TeeAlgorithm.AesCtr))),
        Panics("TEE_CopyOperation", "a key beyond the operation", () =>
        {
            CipherOperation large = CipherOperation.Allocate(TeeAlgorithm.AesCbcNoPad, OperationMode.Encrypt, 256);
            large.SetKey(Given.Secret(bytes: 32));
            Given.Cipher().CopyFrom(large);
        }),
        Panics("TEE_CopyOperation", "an operation that was given back", () => Given.Cipher().CopyFrom(Given.Disposed(Given.Cipher()))),
        Panics("TEE_ResetOperation", "no key", () => CipherOperation.Allocate(TeeAlgorithm.AesCtr, OperationMode.Encrypt, 128).Reset()),
        Panics("TEE_SetOperationKey", "a key that was given back", () => Given.Cipher(begun: false).SetKey(Given.Stale())),
        Panics("TEE_SetOperationKey", "a key without attributes", () => Given.Cipher(begun: false).SetKey(TransientObject.Allocate(ObjectType.Aes, 128))),
        Panics("TEE_SetOperationKey", "a key of another type", () => Given.Cipher(begun: false).SetKey(Given.Secret(ObjectType.Sm4))),
        Panics("TEE_SetOperationKey", "a key beyond the operation", () => Given.Cipher(begun: false).SetKey(Given.Secret(bytes: 32))),
        Panics("TEE_SetOperationKey", "a key that may not be used for it", () =>
        {
            TransientObject key = Given.Secret();
            key.RestrictUsage(KeyUsage.Decrypt);
            Given.Cipher(begun: false).SetKey(key);
        }),
        Panics("TEE_SetOperationKey", "an operation that has begun", () => Given.Cipher().SetKey(Given.Secret())),
        Panics("TEE_SetOperationKey", "a digest", () => DigestOperation.Allocate(TeeAlgorithm.Sha256).SetKey(Given.Secret())),
        Panics("TEE_SetOperationKey", "an operation that takes two keys", () => CipherOperation.Allocate(TeeAlgorithm.AesXts, OperationMode.Encrypt, 256).SetKey(Given.Secret())),
        Panics("TEE_SetOperationKey2", "one key of two", () => CipherOperation.Allocate(TeeAlgorithm.AesXts, OperationMode.Encrypt, 256).SetKeys(Given.Secret(), null)),
        Panics("TEE_SetOperationKey2", "keys of two sizes", () => CipherOperation.Allocate(TeeAlgorithm.AesXts, OperationMode.Encrypt, 512).SetKeys(Given.Secret(), Given.Secret(bytes: 32))),
        Panics("TEE_SetOperationKey2", "an operation that takes one key", () => Given.Cipher(begun: false).SetKeys(Given.Secret(), Given.Secret())),
        Refuses("TEE_SetOperationKey2", "one object twice", TeeResult.Security, () =>
        {
            TransientObject key = Given.Secret();
            CipherOperation.Allocate(TeeAlgorithm.AesXts, OperationMode.Encrypt, 256).SetKeys(key, key);
        }),

        Panics("TEE_DigestUpdate", "a digest that is being extracted", () =>
        {
            DigestOperation digest = DigestOperation.Allocate(TeeAlgorithm.Sha256);
            digest.Extract(new byte[1]);
            digest.Update([1]);
        }),
        Panics("TEE_DigestUpdate", "an operation that was given back", () => Given.Disposed(DigestOperation.Allocate(TeeAlgorithm.Sha256)).Update([1])),
        Panics("TEE_DigestDoFinal", "a chunk for a digest that is being extracted", () =>
        {
            DigestOperation digest = DigestOperation.Allocate(TeeAlgorithm.Sha256);
            digest.Extract(new byte[1]);
            digest.DoFinal([1], new byte[32]);
        }),
        Short("TEE_DigestDoFinal", "a buffer short by one", 32, () =>
        {
            DigestOperation digest = DigestOperation.Allocate(TeeAlgorithm.Sha256);
            return room => (digest.TryDoFinal("abc"u8, room, out int size), size);
        }),
        Panics("TEE_DigestExtract", "an operation that was given back", () => Given.Disposed(DigestOperation.Allocate(TeeAlgorithm.Sha256)).Extract(new byte[1])),

        Panics("TEE_CipherInit", "no key", () => CipherOperation.Allocate(TeeAlgorithm.AesCtr, OperationMode.Encrypt, 128).Init(new byte[16])),
        Panics("TEE_CipherInit", "an IV short by one", () => Given.Cipher(begun: false).Init(new byte[15])),
        Panics("TEE_CipherInit", "an IV long by one", () => Given.Cipher(begun: false).Init(new byte[17])),
        Panics("TEE_CipherInit", "an IV where there is none", () => Given.Cipher(TeeAlgorithm.AesEcbNoPad, begun: false).Init(new byte[16])),
        Panics("TEE_CipherUpdate", "before it has begun", () => Given.Cipher(begun: false).Update(new byte[16], new byte[16])),
        Panics("TEE_CipherUpdate", "after it has ended", () =>
        {
            CipherOperation cipher = Given.Cipher();
            cipher.DoFinal(new byte[16], new byte[16]);
            cipher.Update(new byte[16], new byte[16]);
        }),
        Panics("TEE_CipherUpdate", "a destination that begins within the source", () =>
        {
            byte[] both = new byte[48];
            Given.Cipher().Update(both.AsSpan(0, 32), both.AsSpan(1, 32));
        }),
        Short("TEE_CipherUpdate", "a destination short by one", 32, () =>
        {
            CipherOperation cipher = Given.Cipher();
            return room => (cipher.TryUpdate(new byte[32], room, out int size), size);
        }),
        Panics("TEE_CipherDoFinal", "before it has begun", () => Given.Cipher(begun: false).DoFinal(new byte[16], new byte[16])),
        Panics("TEE_CipherDoFinal", "a block short by one", () => Given.Cipher().DoFinal(new byte[15], new byte[16])),
        Short("TEE_CipherDoFinal", "a destination short by one", 16, () =>
        {
            CipherOperation cipher = Given.Cipher();
            return room => (cipher.TryDoFinal(new byte[16], room, out int size), size);
        }),

        Panics("TEE_MACInit", "no key", () => MacOperation.Allocate(TeeAlgorithm.AesCmac, 128).Init()),
        Panics("TEE_MACUpdate", "before it has begun", () => Given.Mac(begun: false).Update([1])),
        Panics("TEE_MACComputeFinal", "before it has begun", () => Given.Mac(begun: false).ComputeFinal([], new byte[16])),
        Panics("TEE_MACComputeFinal", "after it has ended", () =>
        {
            MacOperation mac = Given.Mac();
            mac.ComputeFinal([], new byte[16]);
            mac.ComputeFinal([], new byte[16]);
        }),
        Panics("TEE_MACComputeFinal", "a part of a block", () => Given.Mac(TeeAlgorithm.AesCbcMacNoPad).ComputeFinal(new byte[15], new byte[16]), TeeResult.BadState),
        Short("TEE_MACComputeFinal", "a buffer short by one", 16, () =>
        {
            MacOperation mac = Given.Mac();
            return room => (mac.TryComputeFinal("abc"u8, room, out int size), size);
        }),
        Panics("TEE_MACCompareFinal", "before it has begun", () => Given.Mac(begun: false).CompareFinal([], new byte[16])),
        new("TEE_MACCompareFinal", "a code of another message", "False", () => Given.Mac().CompareFinal([1], new byte[16]).ToString()),
        new("TEE_MACCompareFinal", "a code short by one", "False", () =>
        {
            byte[] code = new byte[16];
            Given.Mac().ComputeFinal([1], code);
            return Given.Mac().CompareFinal([1], code.AsSpan(0, 15)).ToString();
        }),
    ];
}
