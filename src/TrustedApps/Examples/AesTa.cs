using System.Diagnostics.CodeAnalysis;
using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>
/// The aes example: prepare an operation, load a key, give an IV, and encrypt or decrypt piece after piece; or, authenticated, a message in one go. The
/// session's context is the operation itself, which has a copy of the key in it.
/// </summary>
[TrustedApp(AesExample.UuidText, Description = "Example of TA using an AES sequence")]
public sealed class AesTa : TrustedApp
{
    /// <summary>TEE_xCM_MAX_TAG_LENGTH, in bytes.</summary>
    private const int LargestTag = 16;

    // The original's. A nonce must never be used twice with one key: a TA that is no example takes another one for each message.
    private static ReadOnlySpan<byte> Nonce => [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B];

    /// <summary>Opens whatever parameters come.</summary>
    [OpenSession]
    public static void Open(RawParameters parameters)
    {
        // There is nothing to keep before the first command.
    }

    /// <summary>Makes the operation, in place of the one that the session may have.</summary>
    [Command(AesExample.CommandPrepare)]
    public static TeeResult Prepare(TaSession session, ValueInput algorithm, ValueInput keySize, ValueInput mode)
    {
        // 1. What the client says is looked at before anything is made of it.
        TeeAlgorithm asked = (AesExample.Algorithm)algorithm.A switch
        {
            AesExample.Algorithm.Ecb => TeeAlgorithm.AesEcbNoPad,
            AesExample.Algorithm.Cbc => TeeAlgorithm.AesCbcNoPad,
            AesExample.Algorithm.Ctr => TeeAlgorithm.AesCtr,
            AesExample.Algorithm.Ccm => TeeAlgorithm.AesCcm,
            AesExample.Algorithm.Gcm => TeeAlgorithm.AesGcm,
            _ => default,
        };
        if (asked == default || keySize.A is not (16 or 32) || mode.A is not (AesExample.ModeDecode or AesExample.ModeEncode))
            return TeeResult.BadParameters;

        // 2. The old operation goes first, so that there is room for the new one.
        Forget(session);

        // 3. A key, of zeroes for now: an operation without one can neither begin nor be reset.
        Span<byte> zeroes = stackalloc byte[(int)keySize.A];
        zeroes.Clear();
        using TransientObject key = KeyOf(zeroes);

        // 4. The operation, which from here on is the session's: it is freed when that closes.
        CryptoOperation operation = CryptoOperation.AllocateAny(asked, mode.A == AesExample.ModeEncode ? OperationMode.Encrypt : OperationMode.Decrypt, zeroes.Length * 8);
        session.Context = operation;
        operation.SetKey(key);
        return TeeResult.Success;
    }

    /// <summary>Loads a key. What has begun with another one is given up.</summary>
    [Command(AesExample.CommandSetKey)]
    public static TeeResult SetKey(TaSession session, MemrefInput key)
    {
        if (session.Context is not CryptoOperation operation || key.Size != operation.MaxKeySize / 8)
            return TeeResult.BadParameters; // without an operation no key has the right size
        using TransientObject loaded = KeyOf(key.Span);
        operation.Reset();
        operation.SetKey(loaded);
        return TeeResult.Success;
    }

    /// <summary>Begins a text (TEE_CipherInit).</summary>
    [Command(AesExample.CommandSetIv)]
    public static void SetIv(TaSession session, MemrefInput iv) => OperationOf<CipherOperation>(session).Init(iv.Span);

    /// <summary>The next piece of it (TEE_CipherUpdate), straight from the client's memory into the client's memory.</summary>
    [Command(AesExample.CommandCipher)]
    public static TeeResult Cipher(TaSession session, MemrefInput source, MemrefOutput destination)
    {
        if (destination.Size < source.Size)
            return TeeResult.BadParameters;
        if (session.Context is null)
            return TeeResult.BadState;
        TeeResult result = OperationOf<CipherOperation>(session).TryUpdate(source.Span, destination.Span, out int size);
        destination.Size = size;
        return result;
    }

    /// <summary>A whole message, encrypted with a tag, or decrypted if the tag is right.</summary>
    [Command(AesExample.CommandAuthenc)]
    public static TeeResult Authenc(TaSession session, MemrefInput source, MemrefOutput destination, ValueInput encrypts, MemrefInOut tag)
    {
        // 1. Begin (TEE_AEInit); CCM has to know beforehand how long the message will be.
        AeOperation operation = OperationOf<AeOperation>(session);
        if (tag.Span.Length > LargestTag)
            return TeeResult.NotSupported;
        operation.Reset();
        operation.Init(Nonce, tag.Span.Length * 8, payloadSize: source.Size);

        // 2. Neither mode makes a message longer or shorter.
        if (destination.Span.Length < source.Size)
        {
            destination.Size = source.Size;
            return TeeResult.ShortBuffer;
        }

        // 3. It is worked on where the client cannot look on: of a message whose tag is wrong nobody gets anything, not even for a moment.
        using SecureMemory message = source.ToPrivate();
        Span<byte> code = stackalloc byte[tag.Span.Length];
        tag.Span.CopyTo(code);
        TeeResult result = encrypts.A != 0
            ? operation.TryEncryptFinal(message.Span, message.Span, out int size, code, out _)
            : operation.TryDecryptFinal(message.Span, message.Span, out size, code);

        // 4. What came of it is the client's.
        if (result != TeeResult.Success)
            return result;
        destination.Write(message.Span[..size]);
        code.CopyTo(tag.Span);
        return TeeResult.Success;
    }

    /// <inheritdoc/>
    protected override TeeResult OtherCommand(TaSession session, uint command) => TeeResult.NotSupported;

    /// <summary>A key of bytes. It is copied to secure RAM at once, and wiped when it is disposed.</summary>
    private static TransientObject KeyOf(ReadOnlySpan<byte> bytes)
    {
        TransientObject key = TransientObject.Allocate(ObjectType.Aes, bytes.Length * 8);
        key.Populate(AttributeId.SecretValue, bytes);
        return key;
    }

    private static void Forget(TaSession session)
    {
        (session.Context as CryptoOperation)?.Dispose();
        session.Context = null;
    }

    /// <summary>The session's operation. One of another class, or none, is what the functions of the original panic of.</summary>
    private static T OperationOf<T>(TaSession session)
        where T : CryptoOperation
    {
        if (session.Context is T operation)
            return operation;
        Panic();
        return null;

        [DoesNotReturn]
        static void Panic() => Tee.Panic((uint)TeeResult.BadParameters);
    }
}
