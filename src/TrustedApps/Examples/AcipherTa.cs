using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.Examples;

/// <summary>The acipher example: make a pair of RSA keys, encrypt with its public half and decrypt with its private one, which never leaves the TEE.</summary>
[TrustedApp(AcipherExample.UuidText, Description = "Example of TA using asymmetric cipher")]
public sealed class AcipherTa : TrustedApp
{
    /// <summary>Opens whatever parameters come.</summary>
    [OpenSession]
    public static void Open(RawParameters parameters)
    {
        // There is no key yet.
    }

    /// <summary>Makes a pair, in place of the one that the session may have.</summary>
    [Command(AcipherExample.CommandGenerateKey)]
    public static TeeResult GenerateKey(TaSession session, ValueInput size)
    {
        if (size.A > int.MaxValue)
            return TeeResult.NotSupported;

        // 1. An object with room for such a pair (TEE_AllocateTransientObject); a size that there is not is refused here.
        TransientObject pair = TransientObject.Allocate(ObjectType.RsaKeyPair, (int)size.A);

        // 2. The pair itself (TEE_GenerateKey). Whatever becomes of it, the object has an owner: this method until it succeeds, then the session.
        try
        {
            pair.GenerateKey((int)size.A);
        }
        catch (TeeException)
        {
            pair.Dispose();
            throw;
        }

        (session.Context as TransientObject)?.Dispose();
        session.Context = pair;
        return TeeResult.Success;
    }

    /// <summary>One block, either way.</summary>
    [Command(AcipherExample.CommandEncryptDecrypt)]
    public static TeeResult EncryptDecrypt(TaSession session, MemrefInput source, MemrefOutput destination, ValueInput encrypts, ValueInput algorithm)
    {
        // 1. The pair; without one the client gets TEE_ERROR_BAD_STATE.
        TransientObject pair = session.Get<TransientObject>();

        // 2. An operation for a key of its size. The algorithm is the client's choice: TEE_ERROR_NOT_SUPPORTED where it is none of this class.
        OperationMode mode = encrypts.A != 0 ? OperationMode.Encrypt : OperationMode.Decrypt;
        using AsymmetricOperation operation = AsymmetricOperation.Allocate((TeeAlgorithm)algorithm.A, mode, pair.Info.Size);
        operation.SetKey(pair);

        // 3. Try…, because a client may ask for the size with a buffer that is too small: that is an answer, and no reason to throw.
        TeeResult result = mode == OperationMode.Encrypt
            ? operation.TryEncrypt(source.Span, destination.Span, out int size)
            : operation.TryDecrypt(source.Span, destination.Span, out size);
        if (result is TeeResult.Success or TeeResult.ShortBuffer)
            destination.Size = size;
        return result;
    }

    /// <inheritdoc/>
    protected override TeeResult OtherCommand(TaSession session, uint command) => TeeResult.NotSupported;
}
