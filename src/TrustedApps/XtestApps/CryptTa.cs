using System.Security.Cryptography;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps;

/// <summary>The crypt TA, as far as the cases of today need it.</summary>
[TrustedApp(Crypt.UuidText)]
public sealed class CryptTa : TrustedApp
{
    private const int BlockSize = 16;

    // The fixed key of the original (ta/crypt/aes_taf.c); a test vector, not a secret.
    private static ReadOnlySpan<byte> Key =>
    [
        0x60, 0x3D, 0xEB, 0x10, 0x15, 0xCA, 0x71, 0xBE, 0x2B, 0x73, 0xAE, 0xF0, 0x85, 0x7D, 0x77, 0x81,
        0x1F, 0x35, 0x2C, 0x07, 0x3B, 0x61, 0x08, 0xD7, 0x2D, 0x98, 0x10, 0xA3, 0x09, 0x14, 0xDF, 0xF4,
    ];

    [Command(Crypt.CommandSha256)]
    public static void Sha256(MemrefInput message, MemrefOutput digest)
    {
        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message.Span, result);
        digest.Write(result);
    }

    [Command(Crypt.CommandAes256EcbEncrypt)]
    public static TeeResult Encrypt(MemrefInput source, MemrefOutput destination) => Ecb(source, destination, encrypt: true);

    [Command(Crypt.CommandAes256EcbDecrypt)]
    public static TeeResult Decrypt(MemrefInput source, MemrefOutput destination) => Ecb(source, destination, encrypt: false);

    private static TeeResult Ecb(MemrefInput source, MemrefOutput destination, bool encrypt)
    {
        if (source.Size % BlockSize != 0 || destination.Size < source.Size)
            return TeeResult.BadParameters;
        using var aes = Aes.Create();
        aes.SetKey(Key);
        destination.Size = encrypt
            ? aes.EncryptEcb(source.Span, destination.Span, PaddingMode.None)
            : aes.DecryptEcb(source.Span, destination.Span, PaddingMode.None);
        return TeeResult.Success;
    }
}
