using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>What needs no handle: digests in one go, and AES with a key of its own.</summary>
public sealed partial class CryptTa
{
    private const int BlockSize = 16;

    // The fixed key of the original (ta/crypt/aes_taf.c); a test vector, not a secret.
    private static ReadOnlySpan<byte> Key =>
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F,
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F,
    ];

    [Command(Crypt.CommandSha224)]
    public static TeeResult Sha224(MemrefInput message, MemrefOutput digest) => Sha2(TeeAlgorithm.Sha224, message, digest);

    [Command(Crypt.CommandSha256)]
    public static TeeResult Sha256(MemrefInput message, MemrefOutput digest) => Sha2(TeeAlgorithm.Sha256, message, digest);

    [Command(Crypt.CommandAes256EcbEncrypt)]
    public static TeeResult Encrypt(MemrefInput source, MemrefOutput destination) => Ecb(source, destination, OperationMode.Encrypt);

    [Command(Crypt.CommandAes256EcbDecrypt)]
    public static TeeResult Decrypt(MemrefInput source, MemrefOutput destination) => Ecb(source, destination, OperationMode.Decrypt);

    private static TeeResult Sha2(TeeAlgorithm algorithm, MemrefInput message, MemrefOutput digest)
    {
        using DigestOperation operation = DigestOperation.Allocate(algorithm);
        TeeResult result = operation.TryDoFinal(message.Span, digest.Span, out _);
        return result == TeeResult.ShortBuffer ? TeeResult.BadParameters : result;
    }

    private static TeeResult Ecb(MemrefInput source, MemrefOutput destination, OperationMode mode)
    {
        if (source.Size % BlockSize != 0 || destination.Size < source.Size)
            return TeeResult.BadParameters;
        using TransientObject key = TransientObject.Allocate(ObjectType.Aes, Key.Length * 8);
        key.Populate(AttributeId.SecretValue, Key);
        using CipherOperation cipher = CipherOperation.Allocate(TeeAlgorithm.AesEcbNoPad, mode, Key.Length * 8);
        cipher.SetKey(key);
        cipher.Init();
        destination.Size = cipher.DoFinal(source.Span, destination.Span);
        return TeeResult.Success;
    }
}
